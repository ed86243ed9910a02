import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Credentials } from '../access/cluster-connection.ts';
import { ClusterUnreachable } from './api-error.ts';
import { ClusterClient } from './cluster-client.ts';
import { nextTurn } from '../../util/next-turn.ts';

describe('the client of a cluster', () => {
  let server: Server;
  let client: ClusterClient;
  let serve: (request: IncomingMessage, answer: ServerResponse) => void;
  let asked: boolean[];
  let login: (renew: boolean) => Credentials | string;

  beforeEach(async () => {
    asked = [];
    login = (renew) => ({ token: renew ? 'new' : 'old' });
    server = createServer((request, answer) => serve(request, answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const credentials = async (renew: boolean) => {
      asked.push(renew);
      return await Promise.resolve(login(renew));
    };
    client = new ClusterClient({
      described: 'x',
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/at/`,
      namespace: 'n',
      login: { credentials },
    });
  });
  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('sends requests below the address of the cluster', async () => {
    serve = (request, answer) => void answer.end(JSON.stringify([request.url, request.headers.authorization]));
    expect(await client.json('GET', '/api/v1/x', { query: { a: 'b c', d: undefined, e: true } })).toEqual([
      '/at/api/v1/x?a=b+c&e=true',
      'Bearer old',
    ]);
  });

  test('rejected credentials are renewed once', async () => {
    serve = (request, answer) =>
      void answer.writeHead(request.headers.authorization === 'Bearer new' ? 200 : 401).end('{}');
    await client.json('GET', '/x');
    expect(asked).toEqual([false, true]);
    serve = (_, answer) => void answer.writeHead(401).end();
    await expect(client.json('GET', '/x')).rejects.toMatchObject({ status: 401 });
    expect(asked).toEqual([false, true, false, true]);
    login = () => 'the program that logs in is not there';
    await expect(client.json('GET', '/x')).rejects.toMatchObject({
      name: 'LoginFailed',
      message: 'the program that logs in is not there',
    });
  });

  const cut = (answer: ServerResponse) => void (answer.write('{"a":'), setTimeout(() => answer.destroy(), 5));
  test.each<[string, (answer: ServerResponse) => void, object]>([
    ['cut before it began', (answer) => void answer.destroy(), { name: 'ClusterLost' }],
    ['cut in the middle', cut, { name: 'ClusterLost' }],
    ['ended cleanly in the middle', (answer) => void answer.end('{"a":'), { name: 'ClusterLost' }],
    ['a page', (answer) => void answer.end('<html>Log in</html>'), { name: 'ApiError', status: 200 }],
    ['nothing', (answer) => void answer.end(), { name: 'ApiError', status: 200 }],
    ['never begins', () => undefined, { name: 'ClusterLost', message: 'no response within 0 s' }],
    ['never ends', (answer) => void answer.write('{"a":'), { name: 'ClusterLost' }],
    [
      'endless',
      (answer) =>
        void (function more(error?: Error | null) {
          if (!error && !answer.destroyed) answer.write('x'.repeat(100_000), more);
        })(),
      { name: 'ClusterLost' },
    ],
    [
      'an endless error',
      (answer) =>
        void (function more(error?: Error | null) {
          if (!answer.headersSent) answer.writeHead(500);
          if (!error && !answer.destroyed) answer.write('x'.repeat(100_000), more);
        })(),
      { name: 'ApiError', status: 500 },
    ],
  ])('a response that is %s', async (_, does, expected) => {
    serve = (_request, answer) => does(answer);
    await expect(client.json('POST', '/x', { deadlineMs: 300 })).rejects.toMatchObject(expected);
  });

  test('a connection that the server closed while idle is not a failure', async () => {
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => sockets.add(socket));
    let served = 0;
    serve = (_, answer) => {
      // The server closes the connection before the second request, as after a restart.
      if (served++ === 1) return void answer.destroy();
      answer.end('{}');
    };
    await client.json('GET', '/x');
    await nextTurn();
    expect(await client.json('GET', '/x')).toEqual({});
    expect(sockets.size).toBe(2);
  });

  test('ends on the signal and with the client, also while a body is read, and leaves nothing behind', async () => {
    const stop = new AbortController();
    serve = (_, answer) => void answer.write('a');
    const answer = await client.open('GET', '/x', { signal: stop.signal, deadlineMs: 200 });
    const read = (async () => {
      for await (const _part of answer as AsyncIterable<Uint8Array>);
    })();
    stop.abort(new Error('enough'));
    await expect(read).rejects.toThrow();
    await expect(client.json('GET', '/x', { signal: stop.signal })).rejects.toThrow('enough');
    const waiting = client.json('GET', '/x');
    client.close();
    await expect(waiting).rejects.toMatchObject({
      name: 'ClusterLost',
      message: 'the connection to the cluster was closed',
    });
  });

  test('ends on the signal also if the whole response has arrived, but is not read', async () => {
    serve = (_, answer) => void answer.end('{}');
    for (const reads of [true, false]) {
      const stop = new AbortController();
      const answer = await client.open('GET', '/x', { signal: stop.signal });
      const closed = new Promise((resolve) => answer.on('error', () => undefined).once('close', resolve));
      await new Promise((resolve) => answer.once('readable', resolve));
      if (reads) answer.read();
      // An error that nobody listens to would end the test run.
      stop.abort();
      if (reads) answer.read();
      else answer.destroy();
      await closed;
      await nextTurn();
    }
  });

  test('a refused connection is reported, and may succeed later', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(client.json('GET', '/x')).rejects.toMatchObject({
      name: 'ClusterLost',
      message: 'connection refused',
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    serve = (_, answer) => void answer.end('{}');
    expect(await client.json('GET', '/x')).toEqual({});
  });

  test('many requests with one signal cause no leak warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    serve = (_, answer) => void answer.end('{}');
    await Promise.all(Array.from({ length: 50 }, async () => await client.json('GET', '/x', { signal })));
    // Warnings arrive a tick later.
    await nextTurn();
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('a cancelled request that may have an effect is awaited, others are not', async () => {
    const stop = new AbortController();
    const answers: ServerResponse[] = [];
    serve = (_, answer) => {
      answers.push(answer);
      stop.abort(new Error('enough'));
      // The read-only requests have been closed by then.
      setTimeout(() => answer.end('{"made":true}'), 20);
    };
    expect(await client.json('POST', '/x', { signal: stop.signal })).toEqual({ made: true });
    await expect(client.json('POST', '/x', { signal: stop.signal })).rejects.toThrow('enough');
    expect(answers).toHaveLength(1);
  });

  test.each([
    ['GET', {}],
    ['POST', { harmless: true }],
  ] as const)('%s %j is cancelled at once', async (method, more) => {
    const stop = new AbortController();
    serve = () => stop.abort(new Error('enough'));
    await expect(client.json(method, '/x', { signal: stop.signal, ...more })).rejects.toThrow('enough');
  });

  test('a request that was never sent is reported as such', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(client.json('POST', '/x')).rejects.toBeInstanceOf(ClusterUnreachable);
  });

  test('a process that lost its run still asks, and changes nothing any more', async () => {
    const served: string[] = [];
    serve = (request, answer) => {
      served.push(request.method ?? '');
      answer.end('{}');
    };
    const lost = client.whileOwned(() => {
      throw new Error('taken over');
    });
    expect(await lost.json('GET', '/x')).toEqual({});
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      await expect(lost.json(method, '/x')).rejects.toThrow('taken over');
      await expect(lost.open(method, '/x')).rejects.toThrow('taken over');
    }
    await expect(lost.webSocket('/exec', new URLSearchParams(), ['v5.channel.k8s.io'])).rejects.toThrow('taken over');
    expect(served).toEqual(['GET']);
    expect(await client.json('POST', '/x')).toEqual({});
  });
});
