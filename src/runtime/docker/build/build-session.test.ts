import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { framed, serveGrpc } from './grpc-server.ts';
import { protoFields, protoMessage } from './protobuf.ts';
import { sessionMethods } from './build-session.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Sends requests like BuildKit: gRPC over an upgraded connection. */
async function call(path: string, request: Buffer): Promise<{ status: string; message: string; body: Buffer }> {
  const server = createServer();
  const serverSide = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const served = serveGrpc(
    await serverSide,
    sessionMethods({
      secrets: new Map([['TOKEN', 'zażółć']]),
      credentials: async (host) =>
        await Promise.resolve(
          host === 'user.example'
            ? { username: 'me', password: 'pw', serveraddress: host }
            : host === 'token.example'
              ? { identitytoken: 'tok', serveraddress: host }
              : undefined,
        ),
    }),
  );
  const session = connectHttp2('http://engine', { createConnection: () => client });
  closing.push(
    () => session.destroy(),
    () => served.destroy(),
    () => server.close(),
  );
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  let status = '';
  let message = '';
  const note = (headers: Readonly<Record<string, string | string[] | number | boolean | undefined>>) => {
    status = String(headers['grpc-status'] ?? status);
    message = decodeURIComponent(String(headers['grpc-message'] ?? message));
  };
  stream.on('response', note).on('trailers', note);
  stream.end(framed(request));
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return { status, message, body: Buffer.concat(parts).subarray(5) };
}

const textsOf = (body: Buffer) => [...protoFields(body)].map(({ number, value }) => [number, String(value)]);

test('returns a secret by its id', async () => {
  const { status, body } = await call('/moby.buildkit.secrets.v1.Secrets/GetSecret', protoMessage([1, 'TOKEN']));
  expect([status, textsOf(body)]).toEqual(['0', [[1, 'zażółć']]]);
});

test('reports an unknown secret', async () => {
  expect(await call('/moby.buildkit.secrets.v1.Secrets/GetSecret', protoMessage([1, 'NOPE']))).toMatchObject({
    status: '5',
    message: 'the build has no secret NOPE',
  });
});

test.each([
  [
    'user.example',
    [
      [1, 'me'],
      [2, 'pw'],
    ],
  ],
  ['token.example', [[2, 'tok']]],
  ['nobody.example', []],
])('a request for %s', async (host, fields) => {
  const { status, body } = await call('/moby.filesync.v1.Auth/Credentials', protoMessage([1, host]));
  expect([status, textsOf(body)]).toEqual(['0', fields]);
});

test('it is well', async () => {
  const { status, body } = await call('/grpc.health.v1.Health/Check', protoMessage());
  expect([status, textsOf(body)]).toEqual(['0', [[1, '1']]]);
});

test('reports an unknown method', async () => {
  expect((await call('/moby.filesync.v1.FileSync/DiffCopy', protoMessage())).status).toBe('12');
});
