import { describe, expect, it } from 'vitest';
import { configurationsOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import { buildPlan, concurrencyOf, type BuildFacts } from './build-plan.ts';
import { readArtifacts } from './read-artifacts.ts';

const request: BuildRequest = {
  ...{ path: '/p', folder: '/here', command: 'build', profiles: [], autoActivation: false, propagateProfiles: true },
  ...{ modules: [], env: {}, fetch: 'never', strict: true, images: [], insecureRegistries: [], failFast: true },
  ...{ cacheArtifacts: false, platforms: [], onlyOnePlatform: false },
};

/** Returns what is decided for the only artifact of a build section. */
async function decided(build: string, more: Partial<BuildRequest> = {}, facts: Partial<BuildFacts> = {}) {
  const configurations = await configurationsOf(`build:\n${build}`);
  const [artifact] = readArtifacts(configurations, { images: [], env: {}, expand: () => '' }, () => undefined);
  if (!artifact) throw new Error('no artifact');
  const plan = buildPlan(
    { ...request, ...more },
    {
      ...{ configurations, references: new Map([['app', 'r.local:5000/app:1']]), global: { insecureRegistries: [] } },
      ...{ kubeContext: undefined, machine: 'linux/amd64', ...facts },
    },
  );
  return {
    ...{ push: plan.push(artifact), insecure: plan.insecure(artifact), platforms: plan.platforms(artifact) },
    ...{ inCluster: plan.inCluster(artifact), importMissing: plan.importMissing?.(artifact) },
    ...{ concurrency: plan.concurrency, failFast: plan.failFast, cache: plan.cache, place: plan.place },
    ...{ kubeContext: plan.kubeContext, sharedCache: plan.sharedCache },
  };
}

const docker = '  artifacts: [{image: app}]\n';

describe('how images are built', () => {
  it('has the defaults', async () => {
    expect(await decided(docker)).toEqual({
      ...{ push: false, insecure: false, platforms: [], inCluster: false, importMissing: false, concurrency: 1 },
      ...{ failFast: true, cache: false, place: { folder: '/here' }, kubeContext: undefined, sharedCache: undefined },
    });
  });

  it.each<[string, string, Partial<BuildRequest>, Partial<BuildFacts>, Partial<Awaited<ReturnType<typeof decided>>>]>([
    ['the context pushes', docker, {}, { kubeContext: 'prod' }, { push: true, kubeContext: 'prod' }],
    [
      'a local cluster does not push',
      docker,
      {},
      { kubeContext: 'prod', global: { insecureRegistries: [], localCluster: true } },
      { push: false },
    ],
    ['the configuration pushes', `${docker}  local: {push: true}\n`, {}, {}, { push: true }],
    ['the flag wins', `${docker}  local: {push: true}\n`, { push: false }, {}, { push: false }],
    ['Google Cloud Build pushes', `${docker}  googleCloudBuild: {}\n`, {}, {}, { push: true }],
    [
      'a cluster pushes',
      `${docker}  cluster: {concurrency: 4}\n`,
      {},
      {},
      { push: true, inCluster: true, concurrency: 4 },
    ],
    [
      'unless an engine is given',
      `${docker}  cluster: {}\n`,
      { on: ['docker'] },
      {},
      { push: false, inCluster: false },
    ],
    ['an insecure registry of the flag', docker, { insecureRegistries: ['r.local:5000'] }, {}, { insecure: true }],
    [
      'of the global configuration',
      docker,
      {},
      { global: { insecureRegistries: ['r.local:5000'] } },
      { insecure: true },
    ],
    ['of the configuration', `${docker}  insecureRegistries: ["r.local:5000"]\n`, {}, {}, { insecure: true }],
    ['of another host', docker, { insecureRegistries: ['r.local'] }, {}, { insecure: false }],
    ['imports', `${docker}  local: {tryImportMissing: true}\n`, {}, {}, { importMissing: true }],
    ['a limit', `${docker}  local: {concurrency: 3}\n`, {}, {}, { concurrency: 3 }],
    ['a limit of the flag', `${docker}  local: {concurrency: 3}\n`, { concurrency: 0 }, {}, { concurrency: 0 }],
    ['a shared cache', docker, { sharedCache: '/cache' }, {}, { sharedCache: '/cache' }],
    [
      'several platforms',
      '  artifacts: [{image: app, platforms: [linux/amd64, linux/arm64]}]\n',
      { push: true },
      {},
      { platforms: ['linux/amd64', 'linux/arm64'] },
    ],
    [
      'one of several platforms',
      '  artifacts: [{image: app, platforms: [linux/amd64, linux/arm64]}]\n',
      { push: true, onlyOnePlatform: true },
      { machine: 'linux/arm64' },
      { platforms: ['linux/arm64'] },
    ],
    [
      'the default repository of the flag',
      docker,
      { defaultRepo: 'a' },
      { global: { insecureRegistries: [], defaultRepo: 'b', multiLevelRepo: true } },
      { place: { folder: '/here', defaultRepo: 'a', multiLevelRepo: true } },
    ],
    [
      'the default repository of the global configuration',
      docker,
      {},
      { global: { insecureRegistries: [], defaultRepo: 'b' } },
      { place: { folder: '/here', defaultRepo: 'b' } },
    ],
  ])('%s', async (_, build, more, facts, expected) => {
    expect(await decided(build, more, facts)).toMatchObject(expected);
  });
});

describe('how many artifacts are built at once', () => {
  it.each<[number | undefined, readonly number[], number]>([
    [undefined, [], 0],
    [undefined, [0, 0], 0],
    [undefined, [1], 1],
    [undefined, [0, 3, 2], 2],
    [0, [1], 0],
    [5, [1], 5],
  ])('flag %s, limits %j: %i', (flag, limits, expected) => expect(concurrencyOf(flag, limits)).toBe(expected));
});
