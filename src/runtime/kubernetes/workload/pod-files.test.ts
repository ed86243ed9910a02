import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import { TarError } from '../../../util/tar-error.ts';
import { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { readPath } from './pod-files.ts';

const { signal } = new AbortController();
const content = randomBytes(300_000);

describe('pod files', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let session: ClusterSession;
  let clock: ManualClock;
  /** The results of the commands in turn. The first command checks whether the path exists. */
  let serve: ((socket: WebSocket) => void)[];

  beforeEach(async () => {
    server = createServer();
    sockets = new WebSocketServer({ server, handleProtocols: () => 'v5.channel.k8s.io' });
    sockets.on('connection', (socket) => (serve.shift() ?? ((each) => each.terminate()))(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    clock = new ManualClock();
    const client = new ClusterClient({
      described: 'x',
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      namespace: 'n',
      login: { credentials: async () => await Promise.resolve({}) },
    });
    session = { client, clock, namespace: 'n' } as unknown as ClusterSession;
  });
  afterEach(async () => {
    session.client.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const say = (socket: WebSocket, to: number, bytes: Buffer | string, sent?: () => void) =>
    socket.send(Buffer.concat([Buffer.from([to]), Buffer.from(bytes)]), sent);
  const succeed = (socket: WebSocket) => say(socket, 3, '{"status":"Success"}');
  /** Sends the beginning and closes the connection. */
  const cutAfter = (bytes: Buffer) => (socket: WebSocket) => say(socket, 1, bytes, () => socket.terminate());
  const give =
    (...parts: readonly Buffer[]) =>
    (socket: WebSocket) => {
      for (const part of parts) say(socket, 1, part);
      succeed(socket);
    };

  /** Reads everything. The clock advances meanwhile, so that retries do not wait. */
  async function read(): Promise<Buffer> {
    let over = false;
    const reading = (async () => {
      const parts: Uint8Array[] = [];
      const tar = await readPath(session, { pod: 'p', container: 'slipway', path: '/mnt/repo/out' }, signal);
      for await (const bytes of tar ?? []) parts.push(bytes);
      return Buffer.concat(parts);
    })();
    const settled = reading.finally(() => (over = true));
    settled.catch(() => undefined);
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await clock.advance(1_000);
    }
    return await settled;
  }

  test('a broken connection is retried, and every byte arrives once', async () => {
    serve = [
      succeed,
      cutAfter(content.subarray(0, 100_000)),
      cutAfter(content.subarray(0, 40_000)),
      cutAfter(Buffer.alloc(0)),
      cutAfter(content.subarray(0, 250_000)),
      give(content.subarray(0, 99_999), content.subarray(99_999)),
    ];
    expect((await read()).equals(content)).toBe(true);
    expect(serve).toEqual([]);
  });

  test('so is one that breaks after the last byte', async () => {
    serve = [succeed, cutAfter(content), give(content)];
    expect((await read()).equals(content)).toBe(true);
  });

  test.each([
    ['differs', (socket: WebSocket) => give(randomBytes(300_000))(socket)],
    ['is shorter', (socket: WebSocket) => give(content.subarray(0, 50_000))(socket)],
  ])('content that %s on the second reading does not count as the rest of the first', async (_, second) => {
    serve = [succeed, cutAfter(content.subarray(0, 100_000)), second];
    await expect(read()).rejects.toThrow(TarError);
  });

  test('an error of `tar` itself is not retried', async () => {
    const denied = (socket: WebSocket) => {
      say(socket, 2, 'tar: out: permission denied');
      say(
        socket,
        3,
        '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"1"}]}}',
      );
    };
    serve = [succeed, denied, give(content)];
    await expect(read()).rejects.toThrow('permission denied');
    expect(serve).toHaveLength(1);
  });

  test('an unreachable cluster is given up', async () => {
    serve = [succeed, cutAfter(content.subarray(0, 10))];
    await expect(read()).rejects.toThrow(TarError);
  });
});
