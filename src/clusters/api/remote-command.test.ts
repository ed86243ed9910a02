import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { ClusterClient } from './cluster-client.ts';
import { endOf, openRemote, remoteCommand, type RemoteIo } from './remote-command.ts';
import { nextTurn } from '../../util/next-turn.ts';

const place = { namespace: 'n', pod: 'p', container: 'c' };
const { signal } = new AbortController();
const success = '{"status":"Success"}';

describe('a command in a container', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let client: ClusterClient;
  /** How the server handles a connection. */
  let serve: (socket: WebSocket) => void;

  beforeEach(async () => {
    server = createServer();
    sockets = new WebSocketServer({ server, handleProtocols: () => 'v5.channel.k8s.io' });
    sockets.on('connection', (socket) => serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`;
    client = new ClusterClient({
      described: 'x',
      server: address,
      namespace: 'n',
      login: { credentials: async () => await Promise.resolve({ token: 't' }) },
    });
  });
  afterEach(async () => {
    client.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const run = async (io: Partial<RemoteIo> = {}) => await remoteCommand(client, place, ['a', 'b c'], { signal, ...io });
  const say = (socket: WebSocket, to: number, text: string | Buffer) =>
    socket.send(Buffer.concat([Buffer.from([to]), Buffer.from(text)]));

  async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield await Promise.resolve(Buffer.from(text));
  }

  test('passes on both streams in order, then returns the exit code', async () => {
    serve = (socket) => {
      for (const text of ['a', '', 'b']) say(socket, 1, text);
      say(socket, 2, 'oh');
      say(
        socket,
        3,
        '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}',
      );
    };
    const heard: string[] = [];
    const end = await run({
      stdout: (bytes) => void heard.push(`1${Buffer.from(bytes).toString()}`),
      stderr: async (bytes) => void heard.push(`2${Buffer.from(bytes).toString()}`),
    });
    expect([end, heard]).toEqual([{ code: 7 }, ['1a', '1b', '2oh']]);
  });

  test('sends the input completely and in order, then its end', async () => {
    const got: string[] = [];
    serve = (socket) =>
      socket.on('message', (message: Buffer) => {
        got.push(message[0] === 255 ? `closed ${message[1]}` : message.subarray(1).toString());
        if (message[0] === 255) say(socket, 3, success);
      });
    expect(await run({ stdin: parts('a', 'x'.repeat(300_000), 'z') })).toEqual({ code: 0 });
    expect([got.slice(0, -1).join(''), got.at(-1)]).toEqual([`a${'x'.repeat(300_000)}z`, 'closed 0']);
  });

  test('never sends the end of an input that fails', async () => {
    const got: number[] = [];
    const closed = new Promise<void>((resolve) => {
      serve = (socket) =>
        socket.on('message', (message: Buffer) => void got.push(message[0] ?? -1)).once('close', () => resolve());
    });
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* parts('a');
      throw new Error('the disk is gone');
    }
    await expect(run({ stdin: failing() })).rejects.toThrow('the disk is gone');
    await closed;
    expect(got).not.toContain(255);
  });

  test.each([
    ['cut in the middle of the input', (socket: WebSocket) => socket.once('message', () => socket.terminate())],
    ['closed cleanly without a result', (socket: WebSocket) => socket.close(1000)],
    [
      'a node that the server cannot reach',
      (socket: WebSocket) =>
        say(
          socket,
          3,
          '{"status":"Failure","reason":"InternalError","message":"Internal error occurred: error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused"}',
        ),
    ],
    ['a result of unknown format', (socket: WebSocket) => say(socket, 3, '<html>')],
    [
      'invalid frames',
      (socket: WebSocket) =>
        (socket as unknown as { _socket: { write(text: string): void } })._socket.write('nonsense nonsense'),
    ],
  ])('is lost: %s', async (_, does) => {
    serve = (socket) => void does(socket);
    await expect(run({ stdin: parts('a'.repeat(1_000_000), 'b') })).rejects.toMatchObject({ name: 'ClusterLost' });
  });

  test('a reported end counts, whether or not the server closes the connection', async () => {
    serve = (socket) => {
      say(socket, 3, success);
      (socket as unknown as { _socket: { pause(): void } })._socket.pause();
    };
    expect(await run()).toEqual({ code: 0 });
    serve = (socket) => {
      say(socket, 3, success);
      setImmediate(() => socket.terminate());
    };
    expect(
      await run({
        stdin: (async function* () {
          yield* parts('a');
          await new Promise(() => undefined);
        })(),
      }),
    ).toEqual({ code: 0 });
  });

  test('a slow reader slows down the server', async () => {
    let socket: WebSocket | undefined;
    const piece = Buffer.alloc(1024 * 1024);
    serve = (connected) => {
      socket = connected;
      for (let i = 0; i < 64; i++) say(connected, 1, piece);
      say(connected, 3, success);
    };
    let go!: () => void;
    const gone = new Promise<void>((resolve) => (go = resolve));
    let bytes = 0;
    let first!: () => void;
    const began = new Promise<void>((resolve) => (first = resolve));
    const end = run({
      stdout: async (part) => {
        bytes += part.length;
        first();
        await gone;
      },
    });
    await began;
    await nextTurn();
    // At most the buffers of two sockets hold what has left the server.
    expect(socket?.bufferedAmount).toBeGreaterThan(40 * piece.length);
    go();
    expect(await end).toEqual({ code: 0 });
    expect(bytes).toBe(64 * piece.length);
  });

  test('a server that does not read slows down the input', async () => {
    serve = (socket) => socket.pause();
    let given = 0;
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 65_536;
        yield await Promise.resolve(Buffer.alloc(65_536));
      }
    }
    const end = run({ stdin: endless(), signal: stop.signal });
    let before = -1;
    while (before !== given) {
      before = given;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(given).toBeLessThan(32 * 1024 * 1024);
    stop.abort(new Error('enough'));
    await expect(end).rejects.toThrow('enough');
  });

  test('an error of a reader fails the command, also after its end', async () => {
    serve = (socket) => {
      say(socket, 1, 'a');
      say(socket, 3, success);
    };
    const failing = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('the store is full');
    };
    await expect(run({ stdout: failing })).rejects.toThrow('the store is full');
  });

  test('ends on the signal before, while and after it connects', async () => {
    serve = () => undefined;
    await expect(run({ signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
    const stop = new AbortController();
    await using session = await openRemote(client, place, ['a'], { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(session.end).rejects.toThrow('enough');
  });

  test('pings while idle, and gives up a connection without responses', async () => {
    let pings = 0;
    serve = (socket) => socket.on('ping', () => ++pings === 4 && say(socket, 3, success));
    expect(await run({ pingMs: 10 })).toEqual({ code: 0 });
    serve = (socket) => socket.pause();
    await expect(run({ pingMs: 10 })).rejects.toThrow('timed out');
  });

  test.each([
    [
      400,
      '{"kind":"Status","message":"container c is not valid for pod p","reason":"BadRequest"}',
      'container c is not valid for pod p',
    ],
    [403, '<html>You shall not pass</html>', 'HTTP 403: You shall not pass'],
    [200, '', 'HTTP 200'],
  ])('a response of %i in place of a WebSocket is reported', async (status, body, said) => {
    sockets.close();
    server.removeAllListeners('upgrade');
    server.on('upgrade', (_, socket) =>
      socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
    );
    await expect(run()).rejects.toMatchObject({
      name: 'ApiError',
      status,
      said: expect.stringContaining(said) as string,
    });
  });

  test.each([
    ['{"status":"Success"}', { code: 0 }],
    ['{"status":"Failure","message":"no such file","reason":"InternalError"}', { refused: 'no such file' }],
    [
      '{"status":"Failure","message":"unable to upgrade connection: container not found (\\"a\\")"}',
      { refused: 'unable to upgrade connection: container not found ("a")' },
    ],
    [
      '{"status":"Failure","message":"odd","details":{"causes":[{"reason":"ExitCode","message":"many"}]}}',
      { refused: 'odd' },
    ],
  ])('%s is an end', (text, end) => {
    expect(endOf(text)).toEqual(end);
  });
});
