import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { SshKeys } from '../../image-builder.ts';
import { framed, serveGrpc } from './grpc-server.ts';
import { protoFields, protoMessage } from './protobuf.ts';
import { sessionMethods } from './build-session.ts';
import { agentFrame, agentMessage } from './ssh-agent.ts';
import { SshForwarding } from './ssh-forwarding.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Sends requests like BuildKit: gRPC over an upgraded connection. */
async function call(
  path: string,
  request: Buffer,
  { encode = framed, headers = {} }: { encode?: (request: Buffer) => Buffer; headers?: Record<string, string> } = {},
): Promise<{ status: string; message: string; body: Buffer }> {
  const server = createServer();
  const serverSide = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const served = serveGrpc(
    await serverSide,
    sessionMethods({
      secrets: new Map([['TOKEN', 'zażółć']]),
      ssh: new SshForwarding(new Map([['default', { keys: [] }]])),
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
    ...headers,
  });
  let status = '';
  let message = '';
  const note = (headers: Readonly<Record<string, string | string[] | number | boolean | undefined>>) => {
    status = String(headers['grpc-status'] ?? status);
    message = decodeURIComponent(String(headers['grpc-message'] ?? message));
  };
  stream.on('response', note).on('trailers', note);
  stream.end(encode(request));
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

describe('SSH keys', () => {
  const check = '/moby.sshforward.v1.SSH/CheckAgent';
  const forward = '/moby.sshforward.v1.SSH/ForwardAgent';
  const list = Buffer.from([agentMessage.requestIdentities]);
  /** The request, cut into two messages as a slow writer does. */
  const inTwo = (request: Buffer) => {
    const bytes = agentFrame(request);
    return Buffer.concat([bytes.subarray(0, 2), bytes.subarray(2)].map((part) => framed(protoMessage([1, part]))));
  };

  test.each([
    ['', '0', ''],
    ['default', '0', ''],
    ['other', '5', 'the build has no SSH keys with the id other'],
  ])('a check of the id "%s"', async (id, status, message) => {
    expect(await call(check, protoMessage([1, id]))).toMatchObject({ status, message });
  });

  test.each([
    ['that lists keys', list, [agentMessage.identities, 0, 0, 0, 0]],
    ['that removes all keys', Buffer.from([19]), [agentMessage.failure]],
    ['without a type', Buffer.alloc(0), [agentMessage.failure]],
  ])('a request %s', async (_, request, response) => {
    const { status, body } = await call(forward, request, { encode: inTwo });
    const [, bytes] = [...protoFields(body)].map(({ value }) => value);
    expect(bytes).toBeUndefined();
    expect(status).toBe('0');
    const [{ value } = { value: 0 }] = protoFields(body);
    expect([...(value as Buffer)]).toEqual([...agentFrame(Buffer.from(response))]);
  });

  test('a request of an unknown id', async () => {
    expect(await call(forward, list, { encode: inTwo, headers: { 'buildkit.ssh.id': 'other' } })).toMatchObject({
      status: '5',
      message: 'the build has no SSH keys with the id other',
    });
  });

  test('are not offered if the build has none', () => {
    const methods = (keys: ReadonlyMap<string, SshKeys>) => [...new SshForwarding(keys).methods().keys()];
    expect(methods(new Map())).toEqual([]);
    expect(methods(new Map([['a', { keys: [] }]]))).toEqual([check, forward]);
  });
});

test('reports an unknown method', async () => {
  expect((await call('/moby.filesync.v1.FileSync/DiffCopy', protoMessage())).status).toBe('12');
});
