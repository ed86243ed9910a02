import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { ContainerRequest } from '../../engine/container-request.ts';
import { loadBuild } from './load-build.ts';
import { containerPlaces } from './load-containers.ts';

const config = `apiVersion: skaffold/v4beta13
kind: Config
build:
  artifacts:
  - {image: app, requires: [{image: base}]}
  - {image: base}
  - {image: other}
verify:
- {name: own, timeout: 5, container: {name: c-own, image: app, args: [x], env: [{name: A, value: '1'}]}}
- {name: foreign, container: {name: c-foreign, image: 'busybox:1', command: [sh]}}
- name: job
  container: {name: c-job, image: other}
  executionMode: {kubernetesCluster: {jobManifestPath: job.yaml, overrides: '{"spec": {}}'}}
customActions:
- {name: fast, containers: [{name: one, image: busybox}, {name: two, image: base}]}
- {name: slow, timeout: 7, failFast: false, containers: [{name: three, image: busybox}]}
- {name: inCluster, executionMode: {kubernetesCluster: {}}, containers: [{name: four, image: busybox}]}
`;
const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: job, namespace: shop}\n';

async function load(containers: Partial<ContainerRequest> = {}, request: Partial<BuildRequest> = {}) {
  const { value, diagnostics } = await loadBuild(
    {
      ...{ path: '/p', folder: '/p', command: 'verify', profiles: [], autoActivation: false, propagateProfiles: true },
      ...{ modules: [], env: {}, fetch: 'never', images: [], insecureRegistries: [], failFast: false, tag: 'v1' },
      ...{ strict: true, cacheArtifacts: true, platforms: [], onlyOnePlatform: false },
      containers: { images: [], ...containers },
      ...request,
    },
    {
      files: memoryFiles({ '/p/skaffold.yaml': config, '/p/job.yaml': job }),
      ...{ env: {}, home: '/home/me', repositories: '/r', caches: '/c', platform: 'linux', machine: 'linux/amd64' },
      ...{ kube: async () => ({ context: 'dev' }), operatorClusters: async () => [], clock: new ManualClock() },
    },
  );
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([]);
  const stages = value?.plan.stages ?? [];
  const names = Object.fromEntries(stages.map((stage) => [stage.name, stage.steps.map(({ name }) => name)]));
  return { names, last: stages.at(-1), places: value?.places };
}

describe('verifications', () => {
  it('run at once, on what they need', async () => {
    const { names, last, places } = await load();
    expect(names).toEqual({ build: ['app', 'base', 'other'], verify: ['own', 'foreign', 'job'] });
    expect(last).toMatchObject({ phase: 'verify', onFailure: 'continue', runsIf: 'needs', jobs: 0 });
    expect(last?.steps.map(({ needs, policy, spec }) => [needs, policy.timeoutMs, spec])).toMatchObject([
      [
        ['1.1.1'],
        5_000,
        {
          ...{ kind: 'local-container', image: { name: 'app', reference: 'app:v1', from: 'built' } },
          ...{ command: [], args: ['x'], env: [{ name: 'A', value: '1' }] },
        },
      ],
      [[], undefined, { kind: 'local-container', image: { reference: 'busybox:1', from: 'given' }, command: ['sh'] }],
      [['1.1.3'], undefined, { kind: 'job', container: 'c-job', manifest: '/p/job.yaml', overrides: '{"spec": {}}' }],
    ]);
    // The namespace is that of the manifest.
    expect(places).toEqual({ deploys: { on: ['kubernetes'], namespace: 'shop' } });
  });

  it('build only what is used and not given', async () => {
    const images = [{ name: 'app', reference: 'registry.local/app:7' }];
    const { names, last } = await load({ images });
    expect(names).toEqual({ build: ['other'], verify: ['own', 'foreign', 'job'] });
    expect(last?.steps[0]).toMatchObject({
      needs: [],
      spec: { image: { name: 'app', reference: 'registry.local/app:7', from: 'given' } },
    });
  });

  it('have the names of variables of a file, and no values', async () => {
    const { last } = await load({ envFile: { path: '/p/.env', names: ['TOKEN'] }, network: 'shop' });
    expect(last?.steps.map(({ spec }) => spec)).toMatchObject([
      { envFile: { path: '/p/.env', names: ['TOKEN'] }, network: 'shop' },
      { network: 'shop' },
      { envFile: { path: '/p/.env', names: ['TOKEN'] } },
    ]);
    expect(last?.steps[2]?.spec).not.toHaveProperty('network');
  });
});

describe('a custom action', () => {
  it('stops its other containers after a failure', async () => {
    const { names, last, places } = await load({ action: 'fast' });
    expect(names).toEqual({ build: ['base'], fast: ['one', 'two'] });
    expect(last).toMatchObject({ phase: 'exec', onFailure: 'cancelSiblings', jobs: 0 });
    expect(places).toBeUndefined();
  });

  it('lets them go on if it says so', async () => {
    const { names, last } = await load({ action: 'slow' });
    expect(names).toEqual({ slow: ['three'] });
    expect(last).toMatchObject({ onFailure: 'continue', steps: [{ policy: { timeoutMs: 7_000 } }] });
  });

  it.each([
    ['the current one', {}, { on: ['kubernetes'] }],
    [
      'that of --on',
      { on: ['docker', 'kubernetes:prod'], namespace: 'n' },
      { on: ['kubernetes:prod'], namespace: 'n' },
    ],
  ])('needs only a cluster if it says so: %s', async (_, request, steps) => {
    const { names, places } = await load({ action: 'inCluster', ...request });
    expect(names).toEqual({ inCluster: ['four'] });
    expect(places).toEqual({ steps });
  });
});

const [engine, cluster] = [{ on: ['docker'] }, { on: ['kubernetes'] }];

it.each([
  ['an engine', undefined, { local: true }, true, undefined],
  ['an engine and a cluster', undefined, { local: true, cluster }, false, { deploys: cluster }],
  [
    'a build in a cluster',
    { builds: cluster },
    { local: false, cluster: engine },
    true,
    { builds: cluster, deploys: engine },
  ],
  ['a cluster', undefined, { local: false, cluster }, false, { steps: cluster }],
] as const)('the places of containers: %s', (_, places, containers, builds, expected) => {
  expect(containerPlaces(places, containers, builds)).toEqual(expected);
});
