import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { Readable, type Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Forward } from '../../runtime/container-io.ts';
import { forwardFromLoopback } from '../../runtime/loopback-forward.ts';
import { nextTurn } from '../../util/next-turn.ts';
import { httpProxy, type Address, type FindBackend } from './http-proxy.ts';

describe('a proxy', () => {
  const servers: (Server | TcpServer)[] = [];
  const sockets = new Set<Duplex>();
  let proxy: Forward;
  let find: FindBackend;

  beforeEach(async () => {
    find = async () => await Promise.resolve({ status: 404, text: 'nothing\n' });
    const { accept } = httpProxy(async (...args) => await find(...args));
    proxy = await forwardFromLoopback(accept);
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  async function listening(server: Server | TcpServer): Promise<Address> {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  /** Sends all requests to this backend. */
  async function backend(listener: RequestListener): Promise<Server> {
    const server = createServer(listener);
    const address = await listening(server);
    find = async () => await Promise.resolve(address);
    return server;
  }

  /** Sends all connections to this backend. */
  async function rawBackend(listener: (socket: Socket) => void): Promise<void> {
    const address = await listening(createTcpServer({ allowHalfOpen: true }, listener));
    find = async () => await Promise.resolve(address);
  }

  interface Options {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>> | readonly string[];
    readonly agent?: Agent;
  }

  function send(path: string, { method = 'GET', headers = {}, agent = new Agent() }: Options = {}) {
    return request({ host: proxy.host, port: proxy.port, path, method, headers: headers as string[], agent });
  }

  async function responseOf(sent: ReturnType<typeof send>): Promise<IncomingMessage> {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  async function get(path: string, options: Options = {}): Promise<IncomingMessage> {
    return await responseOf(send(path, options).end());
  }

  function rawClient(): Socket {
    const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
    socket.on('error', () => undefined);
    sockets.add(socket);
    return socket;
  }

  /** Reads until the text has come. Nothing more is read. */
  async function until(socket: Readable, wanted: string): Promise<string> {
    let got = '';
    while (!got.includes(wanted)) {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) await once(socket, 'readable');
      else got += chunk.toString('latin1');
      if (chunk === null && socket.readableEnded) throw new Error(`it ended with ${JSON.stringify(got)}`);
    }
    return got;
  }

  /** Reads to the end. The other direction stays open. */
  async function rest(socket: Socket): Promise<string> {
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    await once(socket, 'end');
    return Buffer.concat(parts).toString('latin1');
  }

  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  describe('a request', () => {
    it('gets to the backend as it was sent, and its response to the client', async () => {
      await backend((asked, answer) => {
        const { method, url, rawHeaders } = asked;
        void text(asked).then((body) => {
          answer.writeHead(418, 'Short And Stout', ['Set-Cookie', 'a=1', 'set-cookie', 'b=2']);
          answer.end(JSON.stringify({ method, url, body, rawHeaders }));
        });
      });
      const headers = { Host: 'shop.localhost:8080', 'X-Mixed-Case': 'v' };
      const response = await responseOf(send('/a%20b/../c?d=1&e', { method: 'POST', headers }).end('body'));
      expect(response.statusCode).toBe(418);
      expect(response.statusMessage).toBe('Short And Stout');
      expect(response.rawHeaders.slice(0, 4)).toEqual(['Set-Cookie', 'a=1', 'set-cookie', 'b=2']);
      const got = JSON.parse(await text(response)) as { rawHeaders: readonly string[] };
      expect(got).toMatchObject({ method: 'POST', url: '/a%20b/../c?d=1&e', body: 'body' });
      const sent = got.rawHeaders.join('\n');
      for (const line of ['Host\nshop.localhost:8080', 'X-Mixed-Case\nv', 'X-Forwarded-For\n127.0.0.1'])
        expect(sent).toContain(line);
      expect(sent).toContain('X-Forwarded-Host\nshop.localhost:8080\nX-Forwarded-Proto\nhttp');
    });

    it('goes where its host and path lead, also on one connection', async () => {
      const names = ['one', 'two'];
      const addresses = await Promise.all(
        names.map(async (name) => await listening(createServer((_, answer) => answer.end(name)))),
      );
      find = async ({ host, path }) =>
        await Promise.resolve(addresses[`${host}${path}` === 'two.localhost/x' ? 1 : 0] ?? { status: 404, text: '' });
      const client = rawClient();
      client.write('GET /x?y HTTP/1.1\r\nHost: one.localhost\r\n\r\n');
      expect(await until(client, 'one')).toContain('keep-alive');
      client.write('GET /x?y HTTP/1.1\r\nHost: TWO.localhost:80\r\n\r\n');
      await until(client, 'two');
    });

    it('is answered by text if it leads nowhere', async () => {
      const response = await responseOf(send('/', { method: 'POST' }).end(randomBytes(1_000_000)));
      expect(response.statusCode).toBe(404);
      expect(response.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      });
      expect(await text(response)).toBe('nothing\n');
    });

    it('is answered by the reason if the backend does not answer', async () => {
      await rawBackend((socket) => socket.once('data', () => socket.destroy()));
      const response = await get('/');
      expect(response.statusCode).toBe(502);
      expect(await text(response)).toMatch(
        /^the backend at 127\.0\.0\.1:\d+ did not answer: (?:socket hang up|read ECONNRESET)\n$/,
      );
    });

    it('finds the backend again if it moved, with its whole body', async () => {
      const server = createServer();
      const old = await listening(server);
      await new Promise((resolve) => server.close(resolve));
      await backend((asked, answer) => void asked.pipe(answer));
      const moved = await find({ host: '', path: '/' });
      const refusals: (Address | undefined)[] = [];
      find = async (_, refused) => {
        refusals.push(refused);
        return await Promise.resolve(refused === undefined ? old : moved);
      };
      const response = await responseOf(send('/', { method: 'POST' }).end('all of it'));
      expect(await text(response)).toBe('all of it');
      expect(refusals).toEqual([undefined, old]);
      find = async () => await Promise.resolve(old);
      const second = await get('/');
      expect(second.statusCode).toBe(502);
      expect(await text(second)).toContain('ECONNREFUSED');
    });

    it.each([
      ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n\r\nhello $/],
      ['a proxy', 'GET http://a.localhost/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', /\r\nhello /],
      [
        'an expectation',
        'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab',
        /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [^]*hello [^]*ab/,
      ],
    ])('of %s', async (_, sent, expected) => {
      await backend((asked, answer) => {
        answer.write('hello ');
        asked.pipe(answer);
      });
      const client = rawClient();
      client.write(sent);
      expect(await text(client)).toMatch(expected);
    });
  });

  describe('bodies', () => {
    it('of any size flow both ways', async () => {
      await backend((asked, answer) => void asked.pipe(answer));
      const bytes = randomBytes(16 * 1024 * 1024);
      for (const headers of [{}, { 'content-length': `${bytes.length}` }]) {
        const sent = send('/', { method: 'PUT', headers });
        const echo = responseOf(sent).then(buffer);
        await pipeline(Readable.from([bytes.subarray(0, 9), bytes.subarray(9)]), sent);
        expect(digest(await echo)).toBe(digest(bytes));
      }
    });

    it('have a length, chunks, trailers or nothing, as the backend says', async () => {
      await backend((asked, answer) => {
        if (asked.url === '/length') answer.setHeader('Content-Length', 3);
        if (asked.url === '/none') answer.statusCode = 304;
        if (asked.url === '/trailers') {
          answer.setHeader('Trailer', 'X-Sum');
          answer.write('a');
          answer.addTrailers({ 'X-Sum': '6' });
        }
        answer.end(asked.url === '/none' ? '' : 'abc');
      });
      const length = await get('/length');
      expect([length.headers['content-length'], await text(length)]).toEqual(['3', 'abc']);
      const head = await get('/length', { method: 'HEAD' });
      expect([head.headers['content-length'], await text(head)]).toEqual(['3', '']);
      const none = await get('/none');
      expect([none.statusCode, await text(none)]).toEqual([304, '']);
      const trailers = await get('/trailers');
      expect([await text(trailers), trailers.trailers]).toEqual(['aabc', { 'x-sum': '6' }]);
    });

    it('come while the backend makes them', async () => {
      let more: () => void = () => undefined;
      await backend((_, answer) => {
        answer.flushHeaders();
        more = () => {
          answer.write('first');
          more = () => answer.end('last');
        };
      });
      const response = await get('/');
      more();
      expect(await until(response, 'first')).toBe('first');
      more();
      expect(await text(response)).toBe('last');
    });

    it.each(['down', 'up'])('wait for a slow reader: %s', async (way) => {
      const total = 256 * 1024 * 1024;
      let written = 0;
      const source = new Readable({
        highWaterMark: 65_536,
        read() {
          const size = Math.min(65_536, total - written);
          written += size;
          this.push(size === 0 ? null : Buffer.alloc(size));
        },
      });
      let slow: IncomingMessage | undefined;
      await backend((asked, answer) => {
        if (way === 'down') void pipeline(source, answer).catch(() => undefined);
        else slow = asked;
      });
      const sent = send('/', { method: way === 'down' ? 'GET' : 'PUT' });
      if (way === 'down') slow = await responseOf(sent.end());
      else void pipeline(source, sent).catch(() => undefined);
      // All of it would have been read by then if nothing held it back.
      let before = -1;
      while (slow === undefined || before !== written) {
        before = written;
        for (let i = 0; i < 200; i++) await nextTurn();
      }
      expect(written).toBeLessThan(total / 4);
      slow.resume();
      sent.on('error', () => undefined);
      await once(slow, 'end');
      expect(written).toBe(total);
    });

    it('that break off at the backend break off at the client', async () => {
      await backend((_, answer) => {
        answer.write('some');
        setImmediate(() => answer.socket?.destroy());
      });
      const response = await get('/');
      await expect(text(response)).rejects.toThrow('aborted');
    });

    it('that nobody wants any longer end at the backend', async () => {
      const closed: Promise<unknown>[] = [];
      await backend((asked, answer) => {
        closed.push(new Promise((resolve) => asked.socket.once('close', resolve)));
        if (asked.url === '/streams') answer.write('some');
      });
      const waiting = send('/waits').end();
      waiting.on('error', () => undefined);
      const uploading = send('/uploads', { method: 'POST' });
      uploading.on('error', () => undefined).write('some');
      const streaming = await get('/streams');
      while (closed.length < 3) await nextTurn();
      for (const each of [waiting, uploading, streaming]) each.destroy();
      await Promise.all(closed);
    });

    it('end early with the response', async () => {
      await backend((asked, answer) => {
        answer.writeHead(413, { Connection: 'close' }).end('too large');
        asked.resume();
      });
      const sent = send('/', { method: 'POST' });
      sent.on('error', () => undefined);
      sent.write('begin');
      const response = await responseOf(sent);
      expect([response.statusCode, await text(response)]).toEqual([413, 'too large']);
      sent.destroy();
    });
  });

  const handshake = (host = 'a.localhost') =>
    `GET /chat HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n`;
  const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  describe('an upgrade', () => {
    it('joins both sides, with what they sent at once, until both have ended', async () => {
      const heard: string[] = [];
      let end: () => void = () => undefined;
      await rawBackend((socket) => {
        void (async () => {
          heard.push(await until(socket, '\r\n\r\n'));
          socket.write(`${switched}welcome`);
          heard.push(await rest(socket));
          end = () => socket.end('bye');
        })();
      });
      const client = rawClient();
      client.write(`${handshake()}hello`);
      expect(await until(client, 'welcome')).toBe(`${switched}welcome`);
      client.end(', that is all');
      while (heard.length < 2) await nextTurn();
      expect(heard[0]).toMatch(
        /^GET \/chat HTTP\/1\.1\r\nHost: a\.localhost\r\n[^]*Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n$/,
      );
      expect(heard[1]).toBe('hello, that is all');
      end();
      expect(await rest(client)).toBe('bye');
    });

    it.each(['client', 'backend'])('ends with the connection of the %s', async (side) => {
      let far: Socket | undefined;
      await rawBackend((socket) => {
        far = socket;
        socket.on('error', () => undefined).once('data', () => socket.write(switched));
      });
      const near = rawClient();
      near.write(handshake());
      await until(near, '\r\n\r\n');
      const [gone, left] = side === 'client' ? [near, far] : [far, near];
      const ended = once(left ?? near, 'end');
      left?.resume();
      gone?.resetAndDestroy();
      await ended;
    });

    it('that the backend refuses has its response', async () => {
      await backend((_, answer) => answer.writeHead(403, { 'X-Why': 'no' }).end('not you'));
      const client = rawClient();
      client.write(handshake());
      expect(await text(client)).toMatch(
        /^HTTP\/1\.1 403 Forbidden\r\nX-Why: no\r\n[^]*Connection: close\r\n\r\nnot you$/,
      );
    });

    it('that leads nowhere is not found', async () => {
      const client = rawClient();
      client.write(handshake());
      expect(await text(client)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[^]*\r\n\r\nnothing\n$/);
    });

    it('to HTTP/2 is only an offer', async () => {
      const heard: string[] = [];
      await backend((asked, answer) => {
        heard.push([asked.headers.upgrade, asked.headers.connection, asked.headers['http2-settings']].join(' '));
        void text(asked).then((body) => answer.end(`${asked.url}(${body})`));
      });
      const client = rawClient();
      const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n';
      client.write(`POST /one HTTP/1.1\r\nHost: a\r\n${offer}Content-Length: 4\r\n\r\nbo`);
      client.write('dy');
      await until(client, '/one(body)');
      client.write(`GET /two HTTP/1.1\r\nHost: a\r\n${offer}\r\n`);
      await until(client, '/two()');
      client.write(`GET /three HTTP/1.1\r\nHost: a\r\n\r\n`);
      await until(client, '/three()');
      expect(heard).toEqual(Array.from({ length: 3 }, () => ' close '));
    });
  });
});
