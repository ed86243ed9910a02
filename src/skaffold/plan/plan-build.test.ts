import { describe, expect, it } from 'vitest';
import { configurationsOf } from '../../../test/rigs/skaffold-configurations.ts';
import { stepId } from '../../model/ids.ts';
import type { BuildPlan } from './build-plan.ts';
import { planBuild } from './plan-build.ts';
import { readArtifacts } from './read-artifacts.ts';

const yaml = `build:
  artifacts:
  - { image: app, requires: [{ image: base, alias: BASE }] }
  - { image: base }
`;

async function planned(more: Partial<BuildPlan> = {}, text = yaml) {
  const artifacts = readArtifacts(
    await configurationsOf(text),
    { images: [], env: {}, expand: () => '' },
    () => undefined,
  );
  return planBuild(artifacts, {
    references: new Map([
      ['app', 'r/app:1'],
      ['base', 'r/base:2'],
    ]),
    push: ({ image }) => image === 'app',
    platforms: ({ platforms }) => platforms,
    inCluster: () => false,
    insecure: ({ image }) => image === 'base',
    ...{ concurrency: 2, failFast: false, cache: true, place: { folder: '/work' }, ...more },
  });
}

describe('the plan of a build', () => {
  it('has a step for each artifact, which needs those that it requires', async () => {
    const stage = await planned();
    expect(stage).toMatchObject({ ordinal: 1, name: 'build', phase: 'build', onFailure: 'continue', jobs: 2 });
    expect(stage.steps).toMatchObject([
      {
        ...{ id: stepId(1, 1, 1), name: 'app', needs: [stepId(1, 1, 2)], declaredAt: { line: 5, column: 14 } },
        spec: {
          ...{ kind: 'artifact', image: 'app', reference: 'r/app:1', context: '/p', push: true, insecure: false },
          ...{ requires: [{ alias: 'BASE', reference: 'r/base:2' }], cache: true, platforms: [] },
        },
      },
      {
        ...{ id: stepId(1, 1, 2), name: 'base', needs: [], declaredAt: { line: 6, column: 14 } },
        spec: { reference: 'r/base:2', push: false, insecure: true, requires: [] },
      },
    ]);
    for (const { policy } of stage.steps) expect(policy).toEqual({ retries: 0, allowFailure: false });
  });

  it('knows where paths are written', async () => {
    const artifacts = '[{ image: app, context: web, docker: { dockerfile: web.Dockerfile } }]';
    const { steps } = await planned({}, `build:\n  artifacts: ${artifacts}\n`);
    const inFile = (column: number) => ({ file: 'skaffold.yaml', line: 4, column });
    expect(steps).toMatchObject([{ spec: { writtenAt: { context: inFile(38), dockerfile: inFile(65) } } }]);
  });

  it('has the platforms of a required image, if each has a reference of its own', async () => {
    const two = ['linux/amd64', 'linux/arm64'];
    const { steps } = await planned({ platforms: () => two });
    expect(steps).toMatchObject([
      { spec: { platforms: two, requires: [{ alias: 'BASE', reference: 'r/base:2', platforms: two }] } },
      { spec: { platforms: two } },
    ]);
  });

  it('has the pod of an artifact that is built in a cluster, its time limit, and the variables of custom commands', async () => {
    const artifacts = readArtifacts(
      await configurationsOf(`build:
  cluster: { namespace: ci, timeout: 7m, dockerConfig: { path: logins.json }, nodeSelector: { disk: ssd } }
  artifacts:
  - { image: r/app, kaniko: { cache: {}, env: [{ name: A, value: x }] } }
  - { image: r/own, custom: { buildCommand: make } }
`),
      { images: [], env: {}, expand: () => 'expanded' },
      () => undefined,
    );
    const stage = planBuild(artifacts, {
      ...{ references: new Map(), push: () => true, insecure: () => false, platforms: () => [], concurrency: 0 },
      ...{ place: { folder: '/work' } },
      ...{ failFast: false, cache: true, kubeContext: 'prod', inCluster: ({ builder }) => builder.type === 'kaniko' },
    });
    expect(stage.steps).toMatchObject([
      {
        policy: { timeoutMs: 420_000 },
        spec: {
          cluster: {
            dockerConfig: '/p/logins.json',
            pod: {
              kanikoFlags: ['--cache=true'],
              template: {
                spec: { nodeSelector: { disk: 'ssd' }, containers: [{ env: [{ name: 'A', value: 'expanded' }] }] },
              },
            },
          },
        },
      },
      { spec: { builder: { variables: { KUBECONTEXT: 'prod', NAMESPACE: 'ci', TIMEOUT: '7m' } } } },
    ]);
    expect(stage.steps[1]?.spec).not.toHaveProperty('cluster');
  });

  it('cancels siblings with --fail-fast', async () => {
    expect((await planned({ failFast: true })).onFailure).toBe('cancelSiblings');
  });

  it('says whether the cache is used', async () => {
    expect((await planned({ cache: false })).steps[0]?.spec).toMatchObject({ cache: false });
  });
});
