import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import { compareApi, negotiateApi } from './api/api-version.ts';
import { dockerProvider } from './docker-provider.ts';

const { signal } = new AbortController();

interface Place {
  /** A folder for sockets and programs. */
  readonly folder: string;
  /** Closed after the test. */
  readonly open: Server[];
}

const test = base.extend<Place>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-engine-'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  // In the folder, so that it is closed before the folder is removed.
  open: async ({ folder: _ }, use) => {
    const open: Server[] = [];
    await use(open);
    for (const server of open) await new Promise((resolve) => server.close(resolve).closeAllConnections());
  },
});

/** Refuses versions below its floor, as dockerd does, and records the requested versions. */
async function fakeEngine(
  open: Server[],
  socket: string,
  versions: { newest: string; floor: string; engine?: string },
): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    response.setHeader('Api-Version', versions.newest);
    const version = /^\/v(\d+\.\d+)\//.exec(request.url ?? '')?.[1];
    if (version !== undefined) asked.push(version);
    if (version !== undefined && compareApi(version, versions.floor) < 0) {
      response.writeHead(400).end(
        JSON.stringify({
          message: `client version ${version} is too old. Minimum supported API version is ${versions.floor}`,
        }),
      );
    } else if (request.url === '/version') {
      response.end(
        JSON.stringify({
          Version: versions.engine ?? '29.0.0',
          ApiVersion: versions.newest,
          MinAPIVersion: versions.floor,
          Os: 'linux',
          Components: [{ Name: 'Engine', Version: '29.0.0' }],
        }),
      );
    } else if (request.url?.includes('/volumes')) response.end('{"Volumes":null}');
    else response.end(request.url === '/_ping' ? 'OK' : '[]');
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return asked;
}

function provider(folder: string, env: Record<string, string>) {
  return dockerProvider({ env, home: folder, uid: 1000, clock: systemClock });
}

test.each([
  ['1.41', undefined, { version: '1.41' }],
  ['1.41', '1.12', { version: '1.41' }],
  ['1.52', '1.44', { version: '1.47' }],
  ['1.47', '1.24', { version: '1.47' }],
  ['1.39', undefined, { problem: expect.stringContaining('1.40') as string }],
  ['1.60', '1.48', { problem: expect.stringContaining('1.47') as string }],
  [undefined, undefined, { problem: expect.any(String) as string }],
])('negotiates with an engine that supports versions up to %s from %s on', (newest, floor, expected) => {
  expect(negotiateApi(newest, floor)).toEqual(expected);
});

test('negotiates a version with an engine whose floor is 1.44', async ({ folder, open }) => {
  const socket = join(folder, 'docker.sock');
  const asked = await fakeEngine(open, socket, { newest: '1.52', floor: '1.44' });
  const connection = await provider(folder, { DOCKER_HOST: `unix://${socket}` }).connect(signal);
  if (connection.status !== 'connected') throw new Error(JSON.stringify(connection));
  expect(connection.runtime.engine).toBe('Docker 29.0.0');
  for await (const _ of connection.runtime.find({ a: 'b' }, signal)) expect.unreachable();
  expect(new Set(asked)).toEqual(new Set(['1.47']));
  await connection.runtime[Symbol.asyncDispose]();
});

/** Reports everything by the headers of its ping, and records the requested paths. */
async function pingedEngine(open: Server[], socket: string, headers: Record<string, string>): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(request.url === '/version' ? '{"Version":"30.0.0","MinAPIVersion":"1.44","Os":"linux"}' : 'OK');
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return asked;
}

const docker = { 'Api-Version': '1.41', Server: 'Docker/20.10.24+dfsg1 (linux)', OSType: 'linux' };

test.for<[string, Record<string, string>, string, string[]]>([
  ['Podman', { 'Api-Version': '1.41', 'Libpod-Api-Version': '4.3.1' }, 'Podman 4.3.1', ['/_ping']],
  ['Docker', docker, 'Docker 20.10.24', ['/_ping']],
  ['a newer Docker', { ...docker, 'Api-Version': '1.60' }, 'Docker 30.0.0', ['/_ping', '/version']],
  ['a server without a name', { ...docker, Server: '' }, 'Docker 30.0.0', ['/_ping', '/version']],
])(
  'detects %s by the headers of its ping where they suffice',
  async ([, headers, engine, requests], { folder, open }) => {
    const asked = await pingedEngine(open, join(folder, 'e.sock'), headers);
    const connection = await provider(folder, { DOCKER_HOST: `unix://${join(folder, 'e.sock')}` }).connect(signal);
    if (connection.status !== 'connected') throw new Error(JSON.stringify(connection));
    expect(connection.runtime.engine).toBe(engine);
    expect(asked).toEqual(requests);
    await connection.runtime[Symbol.asyncDispose]();
  },
);

test('reports an engine of Windows containers by its ping', async ({ folder, open }) => {
  const socket = join(folder, 'docker.sock');
  await pingedEngine(open, socket, { ...docker, OSType: 'windows' });
  const connection = await provider(folder, { DOCKER_HOST: `unix://${socket}` }).connect(signal);
  expect(connection).toMatchObject({
    status: 'unavailable',
    looked: [{ result: expect.stringContaining('Windows') as string }],
  });
});

test('reports an engine that is too new, without using it', async ({ folder, open }) => {
  const socket = join(folder, 'docker.sock');
  const asked = await fakeEngine(open, socket, { newest: '1.60', floor: '1.48' });
  const connection = await provider(folder, { DOCKER_HOST: `unix://${socket}` }).connect(signal);
  expect(connection).toMatchObject({
    status: 'unavailable',
    looked: [{ where: `DOCKER_HOST (unix://${socket})`, result: expect.stringContaining('from 1.48 on') as string }],
  });
  expect(asked).toEqual([]);
});

test('never replaces a DOCKER_HOST that does not answer by another engine', async ({ folder, open }) => {
  await fakeEngine(open, join(folder, 'docker.sock'), { newest: '1.41', floor: '1.12' });
  const connection = await provider(folder, {
    DOCKER_HOST: `unix://${join(folder, 'other.sock')}`,
    XDG_RUNTIME_DIR: folder,
  }).connect(signal);
  expect(connection).toMatchObject({
    status: 'unavailable',
    looked: [{ result: 'the socket does not exist' }],
    advice: [expect.stringContaining('DOCKER_HOST'), 'unset DOCKER_HOST'],
  });
});

test('tries the usual sockets by default', async ({ folder, open }) => {
  await fakeEngine(open, join(folder, 'docker.sock'), { newest: '1.41', floor: '1.12', engine: '20.10.24+dfsg1' });
  const connection = await provider(folder, { XDG_RUNTIME_DIR: folder }).connect(signal);
  if (connection.status !== 'connected') throw new Error(JSON.stringify(connection));
  await connection.runtime[Symbol.asyncDispose]();
});

test('reports a server that is not an engine', async ({ folder, open }) => {
  const server = createServer((_, response) => response.end('<html>hello</html>'));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = await provider(folder, { DOCKER_HOST: `tcp://127.0.0.1:${port}` }).connect(signal);
  expect(connection).toMatchObject({
    status: 'unavailable',
    looked: [{ result: expect.stringContaining('not an engine') as string }],
  });
});

test("reaches an engine behind ssh with the Docker CLI's command", async ({ folder, open }) => {
  const socket = join(folder, 'far.sock');
  const asked = await fakeEngine(open, socket, { newest: '1.41', floor: '1.12' });
  const script = `const [host, ...command] = process.argv.slice(process.argv.indexOf('--') + 1);
    if (host !== 'me@far' || command.join(' ') !== 'docker system dial-stdio') process.exit(1);
    const s = require('net').connect({ path: ${JSON.stringify(socket)}, allowHalfOpen: true }); process.stdin.pipe(s); s.pipe(process.stdout);`;
  await writeFile(join(folder, 'ssh.cjs'), script);
  await writeFile(join(folder, 'ssh'), `#!/bin/sh\nexec ${process.execPath} ${join(folder, 'ssh.cjs')} "$@"\n`);
  await chmod(join(folder, 'ssh'), 0o755);
  const connection = await provider(folder, { DOCKER_HOST: 'ssh://me@far', PATH: `${folder}:/usr/bin:/bin` }).connect(
    signal,
  );
  if (connection.status !== 'connected') throw new Error(JSON.stringify(connection));
  for await (const _ of connection.runtime.find({ a: 'b' }, signal)) expect.unreachable();
  expect(asked).toEqual(['1.41', '1.41']);
  await connection.runtime[Symbol.asyncDispose]();
});

test.for([
  ['exit 255', 'the engine closed the connection'],
  [
    'echo warning >&2; echo "me@far: Permission denied (publickey)." >&2; exit 255',
    'me@far: Permission denied (publickey).',
  ],
])('reports the message of an ssh that fails: %s', async ([script, result], { folder }) => {
  await writeFile(join(folder, 'ssh'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'ssh'), 0o755);
  expect(
    await provider(folder, { DOCKER_HOST: 'ssh://me@far', PATH: `${folder}:/usr/bin:/bin` }).connect(signal),
  ).toMatchObject({ status: 'unavailable', looked: [{ result }] });
});

test('does not advise to start what cannot be reached by starting it', async ({ folder }) => {
  expect(await provider(folder, { DOCKER_CONTEXT: 'gone' }).connect(signal)).toMatchObject({
    status: 'unavailable',
    advice: ['unset DOCKER_CONTEXT'],
  });
});

// Root may use any socket.
test.skipIf(process.getuid?.() === 0)(
  'does not advise to start a DOCKER_HOST that the user may not access',
  async ({ folder, open }) => {
    const socket = join(folder, 'docker.sock');
    await fakeEngine(open, socket, { newest: '1.41', floor: '1.12' });
    await chmod(socket, 0o000);
    const connection = await provider(folder, { DOCKER_HOST: `unix://${socket}` }).connect(signal);
    const advice = [expect.stringMatching(/no permission for .*usermod/) as string, 'unset DOCKER_HOST'];
    expect(connection).toMatchObject({ status: 'unavailable', looked: [{ result: 'permission denied' }], advice });
  },
);
