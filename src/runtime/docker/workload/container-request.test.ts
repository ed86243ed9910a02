import { expect, test } from 'vitest';
import type { ContainerSpec, WorkloadSpec } from '../../runtime.ts';
import { containerName, containerRequest } from './container-request.ts';
import { foldersAbove, planVolumes } from '../images/volume-plan.ts';

const step: ContainerSpec = {
  name: 'step',
  image: 'node:22',
  command: ['sh', '-e', { volume: 'script', path: 'step' }],
  workingDirectory: { volume: 'workspace', path: '' },
  env: { A: 'b=c', EMPTY: '' },
  mounts: [
    { volume: 'workspace', path: '/mnt/repo' },
    { volume: 'script', path: '/.slipway' },
  ],
  memoryBytes: 1_024,
};
const spec: WorkloadSpec = {
  name: 'slipway-a-1',
  labels: { 'slipway.dev/run': 'a' },
  lifetime: 'step',
  containers: [step],
  volumes: [
    { name: 'workspace', content: [] },
    { name: 'script', content: [] },
  ],
  pull: 'missing',
};

test('a step: places are resolved, nothing of the image runs, no setting of the daemon can lose output', () => {
  expect(containerRequest({ spec, container: step, role: 'main', flavor: 'docker', init: true })).toEqual({
    Image: 'node:22',
    Entrypoint: ['sh'],
    Cmd: ['-e', '/.slipway/step'],
    Env: ['A=b=c', 'EMPTY='],
    WorkingDir: '/mnt/repo',
    Labels: {
      'slipway.dev/run': 'a',
      'slipway.dev/workload': 'slipway-a-1',
      'slipway.dev/container': 'step',
      'slipway.dev/role': 'main',
    },
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      Init: true,
      LogConfig: {
        Type: 'json-file',
        Config: { 'max-size': '8000p', 'max-file': '1', compress: 'false', mode: 'blocking' },
      },
      Memory: 1_024,
      MemorySwap: 1_024,
      Mounts: [],
    },
  });
});

test("a volume of two containers is the engine's; the second container shares the network of the first", () => {
  const side: ContainerSpec = {
    name: 'side',
    image: 'node:22',
    command: ['true'],
    env: {},
    mounts: [{ volume: 'workspace', path: '/w' }],
  };
  const both = { ...spec, containers: [step, side] };
  expect(planVolumes(both).shared.map(({ name }) => name)).toEqual(['workspace']);
  expect(
    planVolumes(both)
      .own(step)
      .map(({ path }) => path),
  ).toEqual(['/.slipway']);
  const request = {
    spec: both,
    container: side,
    role: 'side' as const,
    flavor: 'podman' as const,
    init: true,
    network: 'first',
  };
  expect(containerName(request)).toBe('slipway-a-1-side');
  expect(containerRequest(request)).toMatchObject({
    HostConfig: {
      LogConfig: { Type: 'k8s-file' },
      NetworkMode: 'container:first',
      Mounts: [{ Type: 'volume', Source: 'slipway-a-1-workspace', Target: '/w', VolumeOptions: { NoCopy: true } }],
    },
  });
});

test.each([
  ['/mnt/repo', ['/mnt']],
  ['/.slipway', []],
  ['/a/b/c/', ['/a', '/a/b']],
  ['/', []],
])('folders above %s', (path, folders) => {
  expect(foldersAbove(path)).toEqual(folders);
});

test("the engine's network is for every container of a workload that requests it, and places in the environment are resolved", () => {
  const side: ContainerSpec = { ...step, name: 'side', env: { CONFIG: { volume: 'script', path: 'config' } } };
  const request = {
    spec: { ...spec, containers: [step, side], network: 'engine' as const },
    container: side,
    role: 'side' as const,
    flavor: 'docker' as const,
    network: 'id of step',
    init: true,
  };
  expect(containerRequest(request)).toMatchObject({
    Env: ['CONFIG=/.slipway/config'],
    HostConfig: { NetworkMode: 'host' },
  });
});

test.each([
  ['nothing', {}, {}],
  ["the image's command", { command: ['-v'] }, { Cmd: ['-v'] }],
])("a container with the image's entrypoint replaces %s", (_, part, expected) => {
  const container: ContainerSpec = {
    name: 'step',
    image: 'app',
    command: [],
    entrypoint: 'image',
    env: {},
    mounts: [],
    ...part,
  };
  const whole = { ...spec, containers: [container], volumes: [], network: { name: 'shop' } };
  const request = containerRequest({ spec: whole, container, role: 'main', flavor: 'docker', init: true });
  expect(request).toMatchObject({ Image: 'app', ...expected, HostConfig: { NetworkMode: 'shop' } });
  const [set, image] = [Object.keys(request), ['Entrypoint', 'WorkingDir', ...('Cmd' in expected ? [] : ['Cmd'])]];
  expect(image.filter((key) => set.includes(key))).toEqual([]);
});
