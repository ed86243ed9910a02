import { describe, expect, it } from 'vitest';
import type { LocalContainer, LocalWorkload } from '../../local-deployments.ts';
import { podAddressMark } from '../../local-deployments.ts';
import { containerBody, holderBody, type ContainerRequest } from './container-bodies.ts';
import { engineName, holderName } from '../../local-container-names.ts';
import { wantsHolder } from './workload-layout.ts';

const container: LocalContainer = {
  name: 'web',
  image: 'web:1',
  pull: 'missing',
  env: {},
  mounts: [],
  groups: [],
  privileged: false,
  addCapabilities: [],
  dropCapabilities: [],
  readOnlyRoot: false,
  noNewPrivileges: false,
  terminal: false,
  input: false,
  sidecar: false,
  probes: {},
};

const workload: LocalWorkload = {
  name: 'shop-web',
  hostname: 'web',
  object: 'apps/v1 Deployment default web',
  digest: 'sha256:1',
  sources: {},
  initContainers: [],
  containers: [container],
  volumes: [],
  restart: { policy: 'always' },
  aliases: ['web', 'web.default'],
  ports: [{ container: 80, protocol: 'tcp', wanted: 8080, of: 'x' }],
  forwards: [],
  extraHosts: [],
  network: 'deploy',
  sharesProcesses: false,
  ipc: 'own',
  graceSeconds: 5,
  sysctls: {},
  initDeadlineSeconds: 600,
};

const request: ContainerRequest = {
  deploy: 'shop',
  workload,
  container,
  role: 'main',
  place: { kind: 'own', network: 'net', named: true },
  ports: workload.ports,
  keeps: false,
  flavor: 'docker',
  init: true,
};

const body = (more: Partial<ContainerRequest>) => containerBody({ ...request, ...more });

describe('the body of a container', () => {
  it('has names and ports if it has the network', () => {
    expect(body({})).toMatchObject({
      Hostname: 'web',
      NetworkingConfig: { EndpointsConfig: { net: { Aliases: ['web', 'web.default'] } } },
      HostConfig: { NetworkMode: 'net', PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] } },
    });
  });

  it('has neither if it shares a network', () => {
    const found = body({ place: { kind: 'shared', keeper: 'k' }, ports: [] });
    expect(found).not.toHaveProperty('Hostname');
    expect(found).not.toHaveProperty('NetworkingConfig');
    expect(found).toMatchObject({ HostConfig: { NetworkMode: 'container:k', IpcMode: 'container:k' } });
  });

  it('knows the address of its workload', () => {
    const own = { ...container, command: ['a', podAddressMark], env: { IP: podAddressMark } };
    expect(body({ container: own, address: '10.0.0.1' })).toMatchObject({
      Entrypoint: ['a', '10.0.0.1'],
      Env: ['IP=10.0.0.1'],
    });
  });

  it.each<[string, Partial<LocalContainer>, LocalWorkload['restart'], ContainerRequest['role'], object]>([
    ['always', {}, { policy: 'always' }, 'main', { Name: 'unless-stopped' }],
    ['never', {}, { policy: 'never' }, 'main', { Name: 'no' }],
    ['init', {}, { policy: 'always' }, 'init', { Name: 'no' }],
    ['a sidecar', { sidecar: true }, { policy: 'once', retries: 0 }, 'sidecar', { Name: 'unless-stopped' }],
    ['once', {}, { policy: 'once', retries: 0 }, 'main', { Name: 'no' }],
    ['once, with retries', {}, { policy: 'once', retries: 2 }, 'main', { Name: 'on-failure', MaximumRetryCount: 2 }],
  ])('restarts: %s', (_, own, restart, role, expected) => {
    const found = body({ container: { ...container, ...own }, workload: { ...workload, restart }, role });
    expect(found).toMatchObject({ HostConfig: { RestartPolicy: expected } });
  });

  it('keeps the command of the image unless it is replaced', () => {
    expect(body({})).not.toHaveProperty('Entrypoint');
    expect(body({})).not.toHaveProperty('Cmd');
    expect(body({ container: { ...container, args: ['x'] } })).toMatchObject({ Cmd: ['x'] });
    expect(body({ container: { ...container, command: ['x'] } })).toMatchObject({ Entrypoint: ['x'], Cmd: [] });
  });

  it('has no content of files in its labels', () => {
    const secret = {
      name: 'v',
      kind: 'files' as const,
      files: [{ path: 'k', content: Buffer.from('s3cret'), mode: 0o600, group: 0 }],
    };
    expect(JSON.stringify(body({ workload: { ...workload, volumes: [secret] } }))).not.toMatch(/s3cret|czNjcmV0/);
  });
});

describe('the holder of a network', () => {
  it.each<[string, Partial<LocalWorkload>, boolean]>([
    ['one container', {}, false],
    ['two containers', { containers: [container, { ...container, name: 'b' }] }, true],
    ['an init container', { initContainers: [{ ...container, name: 'i' }] }, false],
    ['a sidecar', { initContainers: [{ ...container, name: 'i', sidecar: true }] }, true],
    ['a forward', { forwards: [{ listen: 80, to: 8080 }] }, true],
    ['its own address', { containers: [{ ...container, env: { A: podAddressMark } }] }, true],
    ['the network of the engine', { network: 'engine', forwards: [{ listen: 80, to: 8080 }] }, false],
  ])('is wanted or not: %s', (_, more, expected) => {
    expect(wantsHolder({ ...workload, ...more })).toBe(expected);
  });

  it('has the names and the ports of the workload', () => {
    expect(holderBody({ ...request, keeps: true }, '/p', ['80', '8080'])).toMatchObject({
      Entrypoint: ['/p'],
      Cmd: ['80', '8080'],
      User: '0:0',
      HostConfig: { NetworkMode: 'net', IpcMode: 'shareable' },
    });
  });

  it('has a name that no container can have', () => {
    expect(engineName(workload, 'web')).toBe('shop-web');
    expect(engineName(workload, holderName)).toBe('shop-web.slipway.pod');
  });
});
