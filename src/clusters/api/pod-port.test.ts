import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { until } from '../../../test/rigs/until.ts';
import { ClusterLost } from './api-error.ts';
import { ClusterClient } from './cluster-client.ts';
import { openPodPort, PodPortRefused } from './pod-port.ts';

const port = Buffer.from([80, 0]);
const data = (bytes: string | Buffer) => Buffer.concat([Buffer.from([0]), Buffer.from(bytes)]);
const chunk = Buffer.alloc(64 * 1024, 'x');
const lingerMs = 2_000;

describe('a port of a pod', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let client: ClusterClient;
  /** How the node answers the first bytes. */
  let answer: (socket: WebSocket) => void | Promise<void>;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    server = createServer();
    sockets = new WebSocketServer({ server, handleProtocols: () => 'v4.channel.k8s.io' });
    sockets.on('connection', (socket) => {
      socket.send(data(port));
      socket.send(Buffer.concat([Buffer.from([1]), port]));
      socket.once('message', () => void answer(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new ClusterClient({
      described: 'x',
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      namespace: 'n',
      login: { credentials: async () => await Promise.resolve({}) },
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    client.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Sends a request and ends the output, as `nc -N` does. */
  async function halfClosed(): Promise<Duplex> {
    const stream = await openPodPort(client, { namespace: 'n', pod: 'p', port: 80 }, { lingerMs });
    await new Promise<void>((resolve) => stream.end('GET', resolve));
    return stream;
  }

  test('gives the whole answer to a client that ended its output and reads slowly', async () => {
    const chunks = 64;
    answer = async (socket) => {
      // A node stops sending when the connection closes.
      for (let sent = 0; sent < chunks && socket.readyState === socket.OPEN; sent++)
        await new Promise((resolve) => socket.send(data(chunk), resolve));
    };
    const stream = await halfClosed();
    let got = 0;
    while (got < chunks * chunk.length && sockets.clients.size > 0) {
      await until(() => stream.readableLength >= chunk.length || sockets.clients.size === 0);
      vi.advanceTimersByTime(lingerMs * 20);
      got += (stream.read() as Buffer | null)?.length ?? 0;
    }
    expect(got).toBe(chunks * chunk.length);
  });

  test('closes the connection once the pod is silent after the end of the output', async () => {
    let isClosed = false;
    answer = (socket) => {
      socket.send(data('hello'));
      socket.once('close', () => (isClosed = true));
    };
    const stream = await halfClosed();
    const read = text(stream);
    await until(() => {
      vi.advanceTimersByTime(lingerMs / 4);
      return isClosed;
    });
    expect(await read).toBe('hello');
  });

  test('reports a connection that broke in the middle of an answer', async () => {
    answer = (socket) => socket.send(data('hel'), () => socket.terminate());
    await expect(text(await halfClosed())).rejects.toThrow(ClusterLost);
  });

  test('reports what the node says', async () => {
    answer = (socket) => socket.send(Buffer.from('\u0001connection refused\n'));
    await expect(text(await halfClosed())).rejects.toThrow(new PodPortRefused('connection refused'));
  });
});
