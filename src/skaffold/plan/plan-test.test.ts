import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import { stepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import { loadBuild } from './load-build.ts';
import type { TestStepSpec } from './test-spec.ts';

const config = `apiVersion: skaffold/v4beta13
kind: Config
build:
  artifacts:
  - {image: app, requires: [{image: base}]}
  - {image: base}
  - {image: other}
test:
- image: app
  context: app
  structureTests: ['tests/*.yaml']
  custom:
  - {command: 'echo {{.WHO}}', timeoutSeconds: 5}
  - {command: make}
- image: app
  custom: [{command: 'true'}]
  structureTests: [app/tests/a.yaml]
- image: base
  custom: [{command: 'true', dependencies: {paths: [a], ignore: [b]}}]
`;
const structure = 'schemaVersion: 2.0.0\nfileExistenceTests: [{name: a, path: /a}]\n';

async function load(request: Partial<BuildRequest> = {}) {
  const { value, diagnostics } = await loadBuild(
    {
      ...{
        path: '/p',
        folder: '/p',
        command: 'test',
        profiles: [],
        autoActivation: false,
        propagateProfiles: true,
        modules: [],
      },
      ...{ env: { WHO: 'me' }, fetch: 'never', images: [], insecureRegistries: [], failFast: false, tag: 'v1' },
      ...{
        strict: true,
        cacheArtifacts: true,
        platforms: [],
        onlyOnePlatform: false,
        push: false,
        test: { images: [] },
      },
      ...request,
    },
    {
      files: memoryFiles({
        '/p/skaffold.yaml': config,
        '/p/app/tests/a.yaml': structure,
        '/p/app/tests/b.yaml': structure,
      }),
      ...{ env: {}, home: '/home/me', repositories: '/r', caches: '/c', clock: new ManualClock() },
      platform: 'linux',
      machine: 'linux/amd64',
      operatorClusters: async () => await Promise.resolve([]),
      kube: async () => await Promise.resolve({}),
    },
  );
  const stages = value?.filled().stages ?? [];
  return { stages, codes: diagnostics.map(({ code }) => code), [Symbol.iterator]: () => stages.values() };
}

const namesOf = (stage: PlannedStage | undefined) => stage?.steps.map(({ name }) => name);

describe('the plan of tests', () => {
  it('has a step for each command and each file, which needs only the build of its image', async () => {
    const { stages, codes } = await load();
    expect(codes).toEqual([]);
    const [build, test] = stages;
    expect(namesOf(build)).toEqual(['app', 'base']);
    expect(test).toMatchObject({ ordinal: 2, name: 'test', phase: 'test', runsIf: 'needs', onFailure: 'continue' });
    expect(test?.steps.map(({ id, name, needs }) => [id, name, ...needs])).toEqual([
      [stepId(1, 2, 1), 'app/tests/a.yaml', stepId(1, 1, 1)],
      [stepId(1, 2, 2), 'app/tests/b.yaml', stepId(1, 1, 1)],
      [stepId(1, 2, 3), 'app/custom-1', stepId(1, 1, 1)],
      [stepId(1, 2, 4), 'app/custom-2', stepId(1, 1, 1)],
      [stepId(1, 2, 5), 'app/app/tests/a.yaml', stepId(1, 1, 1)],
      [stepId(1, 2, 6), 'app/custom-3', stepId(1, 1, 1)],
      [stepId(1, 2, 7), 'base/custom-1', stepId(1, 1, 2)],
    ]);
  });

  it('expands templates, and has time limits and dependencies', async () => {
    const [, test] = await load();
    const specs = test?.steps.map(({ spec }) => spec as TestStepSpec) ?? [];
    expect(specs[0]).toMatchObject({
      ...{ kind: 'test', image: 'app', reference: 'app:v1', context: '/p/app' },
      test: { type: 'structure', file: '/p/app/tests/a.yaml', tests: { existence: [{ path: '/a' }] } },
    });
    expect(specs[2]?.test).toEqual({ type: 'custom', command: 'echo me' });
    expect(specs[6]?.test).toMatchObject({
      dependencies: { kind: 'patterns', patterns: { paths: ['a'], ignore: ['b'] } },
    });
    expect(test?.steps.map(({ policy }) => policy.timeoutMs)).toEqual([
      ...[undefined, undefined, 5000, undefined, undefined, undefined, undefined],
    ]);
  });

  it('builds nothing if images are given, and tests only these', async () => {
    const { stages, codes } = await load({ test: { images: [{ name: 'base', reference: 'r/base:2' }] } });
    expect(codes).toEqual(['S089']);
    expect(stages.map(namesOf)).toEqual([['base/custom-1']]);
    expect(stages[0]).toMatchObject({ ordinal: 1, steps: [{ needs: [], spec: { reference: 'r/base:2' } }] });
  });

  it('refuses an image of --images that no test names, and nothing else', async () => {
    const image = { name: 'bsae', reference: 'r/base:2' };
    const { stages, codes } = await load({ test: { images: [{ ...image, testMustName: true }] } });
    expect([stages, codes]).toEqual([[], ['S078']]);
    const named = { reference: 'base:2', testMustName: true } as const;
    expect((await load({ test: { images: [image, named] } })).codes).toEqual(['S089']);
  });

  it('tests only the images that --build-image selects', async () => {
    expect((await load({ images: ['base'] })).stages.map(namesOf)).toEqual([['base'], ['base/custom-1']]);
    const { stages, codes } = await load({ images: ['other'] });
    expect(stages).toEqual([]);
    expect(codes).toEqual(['S088']);
  });

  it('is not part of a build', async () => {
    const stages = [...(await load({ test: undefined } as never))];
    expect(stages.map(namesOf)).toEqual([['app', 'base', 'other']]);
  });
});
