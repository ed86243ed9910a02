import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseEngineAddress } from './engine-address.ts';
import { enginePlaces, knownSockets } from './engine-search.ts';

describe('addresses', () => {
  test.each([
    ['unix:///run/docker.sock', { kind: 'unix', path: '/run/docker.sock' }],
    ['tcp://engine:2376', { kind: 'tcp', host: 'engine', port: 2376 }],
    ['tcp://engine', { kind: 'tcp', host: 'engine', port: 2375 }],
    ['tcp://engine:80', { kind: 'tcp', host: 'engine', port: 80 }],
    ['tcp://[::1]:1234', { kind: 'tcp', host: '::1', port: 1234 }],
    ['http://10.0.0.1:2375/', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
    ['https://engine', { kind: 'tcp', host: 'engine', port: 2376, tls: { verify: true } }],
    ['ssh://me@engine:22', { kind: 'ssh', destination: 'me@engine', port: 22 }],
    ['ssh://engine', { kind: 'ssh', destination: 'engine' }],
  ])('%s', (text, address) => {
    expect(parseEngineAddress(text)).toEqual({ address });
  });

  test.each([
    'engine:2375',
    'unix://',
    'npipe:////./pipe/docker',
    'ssh://-oProxyCommand=x',
    'ssh://me:secret@engine',
    'tcp://',
    '',
  ])('"%s" is refused', (text) => {
    expect(parseEngineAddress(text)).toEqual({ problem: expect.any(String) as string });
  });
});

describe('places', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-home-'));
    await context(
      'remote',
      { Host: 'tcp://far:2376', SkipTLSVerify: false },
      { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' },
    );
    await context('desktop-linux', { Host: 'unix:///desktop.sock' });
  });
  afterAll(async () => {
    await rm(home, { recursive: true });
  });

  async function context(name: string, docker: object, tls: Record<string, string> = {}): Promise<void> {
    const id = createHash('sha256').update(name).digest('hex');
    const meta = join(home, '.docker', 'contexts', 'meta', id);
    const files = join(home, '.docker', 'contexts', 'tls', id, 'docker');
    await mkdir(meta, { recursive: true });
    await mkdir(files, { recursive: true });
    await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } }));
    for (const [file, content] of Object.entries(tls)) await writeFile(join(files, file), content);
  }

  const looked = async (env: Record<string, string>) => await enginePlaces({ env, home, uid: 1000 });

  test('DOCKER_HOST wins over every context, and no other place is searched', async () => {
    expect(await looked({ DOCKER_HOST: 'unix:///mine.sock', DOCKER_CONTEXT: 'remote' })).toEqual({
      chosen: true,
      places: [
        { where: 'DOCKER_HOST', undo: 'unset DOCKER_HOST', at: { address: { kind: 'unix', path: '/mine.sock' } } },
      ],
    });
  });

  test('DOCKER_TLS_VERIFY uses the files of DOCKER_CERT_PATH', async () => {
    const certificates = join(
      home,
      '.docker',
      'contexts',
      'tls',
      createHash('sha256').update('remote').digest('hex'),
      'docker',
    );
    const tls = { verify: true, ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY') };
    expect(
      await looked({ DOCKER_HOST: 'tcp://far', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates }),
    ).toMatchObject({
      places: [{ at: { address: { kind: 'tcp', host: 'far', port: 2376, tls } } }],
    });
  });

  test('DOCKER_CONTEXT, with its TLS files', async () => {
    expect(await looked({ DOCKER_CONTEXT: 'remote' })).toMatchObject({
      chosen: true,
      places: [
        {
          where: 'the docker context "remote"',
          at: { address: { host: 'far', port: 2376, tls: { verify: true, ca: Buffer.from('CA') } } },
        },
      ],
    });
  });

  test('a missing context is reported', async () => {
    expect(await looked({ DOCKER_CONTEXT: 'gone' })).toMatchObject({
      chosen: true,
      places: [{ undo: 'unset DOCKER_CONTEXT', at: { problem: 'the docker context does not exist' } }],
    });
  });

  test('the current context is used, unless DOCKER_CONTEXT says default', async () => {
    await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: 'desktop-linux' }));
    expect(await looked({})).toMatchObject({
      chosen: true,
      places: [{ undo: 'docker context use default', at: { address: { path: '/desktop.sock' } } }],
    });
    expect(await looked({ DOCKER_CONTEXT: 'default' })).toMatchObject({ chosen: false });
    await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: 'default' }));
    expect(await looked({})).toMatchObject({ chosen: false });
    expect(await looked({ DOCKER_CONFIG: join(home, 'elsewhere') })).toMatchObject({ chosen: false });
  });

  test('the usual sockets are searched in order', () => {
    expect(knownSockets({ env: { XDG_RUNTIME_DIR: '/xdg' }, home: '/home/me', uid: 1000 })).toEqual([
      '/var/run/docker.sock',
      '/xdg/docker.sock',
      '/home/me/.docker/run/docker.sock',
      '/home/me/.docker/desktop/docker.sock',
      '/home/me/.colima/default/docker.sock',
      '/xdg/podman/podman.sock',
      '/run/podman/podman.sock',
      '/home/me/.local/share/containers/podman/machine/podman.sock',
      '/home/me/.local/share/containers/podman/machine/podman-machine-default/podman.sock',
    ]);
    expect(knownSockets({ env: {}, home: '/home/me', uid: 1000 })).toContain('/run/user/1000/podman/podman.sock');
    expect(knownSockets({ env: {}, home: '/root', uid: 0 }).filter((path) => path.startsWith('/run/user'))).toEqual([]);
  });
});
