import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { plannedOf, RunStory } from '../../../test/rigs/run-story.ts';
import { goodStory } from '../../../test/rigs/short-stories.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { StartRequest } from '../../runs/run-service.ts';
import type { FakeServices } from '../../../test/rigs/fake-services.ts';

/** A build of two artifacts; the second fails unless it succeeds. */
function story(second: 'succeeds' | 'fails' = 'succeeds'): RunStory {
  const told = new RunStory([{ name: 'build', steps: [{ name: 'app' }, { name: 'base' }] }]);
  const [stage] = plannedOf(told);
  told.begin();
  const planned = told.events.at(-1)!;
  told.events[told.events.length - 1] = { ...planned, stages: [{ ...stage!, phase: 'build' }] } as typeof planned;
  told.stageStarted('build').started('build/app');
  told.add({
    type: 'step.finished',
    step: told.id('build/app'),
    attempt: 1,
    outcome: { status: 'succeeded', value: undefined },
    artifacts: [
      {
        ...{ kind: 'image', name: 'app', id: 'sha256:1', references: ['r.example/app:1'], cache: { hit: true } },
        pushed: [{ reference: 'r.example/app:1', digest: 'sha256:2' }],
      },
    ],
  });
  told.started('build/base');
  if (second === 'succeeds') told.succeeded('build/base');
  else told.exited('build/base', 7);
  return told
    .stageFinished('build', second === 'succeeds' ? 'succeeded' : 'failed')
    .end(second === 'succeeds' ? 'succeeded' : 'failed');
}

const requested = (services: FakeServices) => services.requested as StartRequest;
const asked = (services: FakeServices) => requested(services).build as BuildRequest;

describe('build', () => {
  it('asks for what the configuration says', async ({ services, slipway }) => {
    services.story = goodStory();
    await slipway(['build']);
    expect(requested(services)).toEqual({
      path: '/home/me/shop',
      ...{ stages: [], steps: [], inputs: [], on: ['docker'], keepFailed: false, gitIgnore: true, pull: 'missing' },
      build: {
        ...{ path: '/home/me/shop', folder: '/home/me/shop' },
        command: 'build',
        ...{ profiles: [], modules: [], images: [], insecureRegistries: [], platforms: [], env: {} },
        ...{
          autoActivation: true,
          propagateProfiles: true,
          fetch: 'missing',
          strict: true,
          failFast: false,
          cacheArtifacts: true,
          onlyOnePlatform: false,
        },
      },
    });
  });

  it('hands over its flags', async ({ services, slipway }) => {
    services.story = goodStory();
    const flags = [
      ...['-f', 'app/skaffold.yaml', '-p', 'a', '-p', '-b', '-m', 'one', '--kube-context', 'kind-x'],
      ...['-b', 'app', '--build-image', 'base', '-t', 'v1', '-d', 'r.example/x', '--insecure-registry', 'r.example'],
      ...['--push', '--build-concurrency', '0', '--fail-fast', '--no-cache-artifacts', '--on', 'docker,host'],
      ...['--platform', 'linux/amd64,linux/arm64'],
    ];
    await slipway(['build', ...flags]);
    expect(requested(services)).toMatchObject({ path: '/home/me/shop/app/skaffold.yaml', kubeContext: 'kind-x' });
    expect(requested(services).on).toEqual(['docker', 'host']);
    expect(asked(services)).toMatchObject({
      profiles: ['a', '-b'],
      modules: ['one'],
      images: ['app', 'base'],
      tag: 'v1',
      defaultRepo: 'r.example/x',
      insecureRegistries: ['r.example'],
      push: true,
      concurrency: 0,
      failFast: true,
      cacheArtifacts: false,
      platforms: ['linux/amd64', 'linux/arm64'],
    });
  });

  it.for<[readonly string[], Partial<BuildRequest>]>([
    [['--no-push'], { push: false }],
    [['--push=false'], { push: false }],
    [['--push=true'], { push: true }],
    [['--cache-artifacts=false'], { cacheArtifacts: false }],
    [['--cache-artifacts'], { cacheArtifacts: true }],
    [['--disable-multi-platform-build'], { onlyOnePlatform: true }],
  ])('understands %j', async ([flags, expected], { services, slipway }) => {
    services.story = goodStory();
    await slipway(['build', ...flags]);
    expect(asked(services)).toMatchObject(expected);
  });

  it('takes flags that are not given from SKAFFOLD_ variables', async ({ services, slipway }) => {
    services.story = goodStory();
    services.environment = {
      SKAFFOLD_TAG: 'v2',
      SKAFFOLD_DEFAULT_REPO: 'r.example/y',
      SKAFFOLD_BUILD_IMAGE: 'a,b',
      SKAFFOLD_INSECURE_REGISTRY: 'r.example',
      SKAFFOLD_PLATFORM: 'linux/arm64',
      SKAFFOLD_BUILD_CONCURRENCY: '3',
      SKAFFOLD_PUSH: 'true',
      SKAFFOLD_CACHE_ARTIFACTS: 'false',
      SKAFFOLD_PROFILE: 'p,q',
    };
    const expected = {
      ...{ tag: 'v2', defaultRepo: 'r.example/y', images: ['a', 'b'], insecureRegistries: ['r.example'] },
      ...{ platforms: ['linux/arm64'], concurrency: 3, push: true, cacheArtifacts: false, profiles: ['p', 'q'] },
    };
    await slipway(['build']);
    expect(asked(services)).toMatchObject(expected);
    services.story = goodStory();
    const flags = [
      ...['-t', 'v3', '-b', 'c', '-d', 'r/z', '--insecure-registry', 'i', '--platform', 'x/y', '-p', 'r'],
      ...['--build-concurrency', '1', '--no-push', '--cache-artifacts'],
    ];
    await slipway(['build', ...flags]);
    expect(asked(services)).toMatchObject({
      ...{ tag: 'v3', defaultRepo: 'r/z', images: ['c'], insecureRegistries: ['i'], platforms: ['x/y'] },
      ...{ concurrency: 1, push: false, cacheArtifacts: true, profiles: ['r'] },
    });
  });

  it('takes an empty variable as none', async ({ services, slipway }) => {
    services.story = goodStory();
    const names = ['TAG', 'DEFAULT_REPO', 'BUILD_IMAGE', 'INSECURE_REGISTRY', 'PLATFORM', 'PUSH', 'FILE_OUTPUT'];
    services.environment = {
      ...Object.fromEntries(names.map((name) => [`SKAFFOLD_${name}`, ''])),
      SKAFFOLD_BUILD_CONCURRENCY: '-1',
    };
    await slipway(['build']);
    expect(asked(services)).toMatchObject({ images: [], insecureRegistries: [], platforms: [] });
    for (const field of ['tag', 'defaultRepo', 'push', 'concurrency'])
      expect(asked(services)).not.toHaveProperty(field);
  });

  it.for<[Record<string, string>, readonly string[], string]>([
    [{ SKAFFOLD_PUSH: 'perhaps' }, [], 'SKAFFOLD_PUSH=perhaps: the value must be true or false'],
    [{ SKAFFOLD_CACHE_ARTIFACTS: 'x' }, [], 'SKAFFOLD_CACHE_ARTIFACTS=x: the value must be true or false'],
    [{ SKAFFOLD_BUILD_CONCURRENCY: 'two' }, [], 'SKAFFOLD_BUILD_CONCURRENCY=two: the value must be an integer'],
    [{}, ['--build-concurrency', '-1'], 'integer of at least 0'],
    [{}, ['--push=perhaps'], '--push=perhaps: the value must be true or false'],
    [{}, ['-t', ''], 'error: --tag is empty'],
    [{}, ['--on', 'moon'], 'unknown runtime `moon`'],
    [{}, ['--cache-dir', '/dev/null'], '--cache-dir /dev/null: it is not a folder'],
    [{}, ['a', '-f', 'b'], 'the path is given twice'],
  ])('refuses %j %j', async ([environment, flags, message], { services, slipway }) => {
    services.environment = environment;
    const { code, stderr } = await slipway(['build', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(services.calls).not.toContain('start');
  });

  it('shows the plan with --dry-run, and starts nothing', async ({ services, slipway }) => {
    await slipway(['build', '--dry-run']);
    expect(services.calls).toEqual(['load']);
  });
});

describe('the results of a build', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const builds = [{ imageName: 'app', tag: 'r.example/app:1@sha256:2' }];

  it('are one JSON document', async ({ services, slipway }) => {
    services.story = story('fails');
    const { code, stdout, stderr } = await slipway(['build', '--output', 'json']);
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toEqual({
      ...{ run: expect.any(String) as string, status: 'failed', because: null, detail: null, diagnostics: [] },
      builds,
      results: [
        {
          ...{ image: 'app', status: 'succeeded', reference: 'r.example/app:1', id: 'sha256:1', digest: 'sha256:2' },
          cache: { hit: true },
        },
        { image: 'base', status: 'failed', failure: { code: 'exit-nonzero', exitCode: 7 } },
      ],
    });
  });

  it('have every reason with --explain', async ({ services, slipway }) => {
    const told = story();
    for (const event of told.events)
      if (event.type === 'step.finished')
        Object.assign(event.artifacts?.[0] ?? {}, {
          cache: { missed: 'a changed and 1 more', reasons: ['a changed', 'b added'] },
        });
    services.story = told;
    const { stdout } = await slipway(['build', '--explain']);
    expect(stdout.endsWith('\n\napp was built:\n  a changed\n  b added\n')).toBe(true);
  });

  it('are written to a file if all succeeded', async ({ services, slipway }) => {
    const file = join(folder, 'built.json');
    services.story = story();
    expect((await slipway(['build', '--file-output', file])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ builds });
    services.story = story('fails');
    writeFileSync(file, 'of an earlier build');
    expect((await slipway(['build', '--file-output', file])).code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('of an earlier build');
  });

  it('are written to SKAFFOLD_FILE_OUTPUT, relative to the folder of -C', async ({ services, slipway }) => {
    services.story = story();
    services.environment = { SKAFFOLD_FILE_OUTPUT: 'built.json' };
    await slipway(['-C', folder, 'build']);
    expect(JSON.parse(readFileSync(join(folder, 'built.json'), 'utf8'))).toEqual({ builds });
  });

  it.for<[string, string]>([
    ['missing/file', 'no such file or directory'],
    ['taken', 'it is a folder'],
    ['file/below', 'its folder is a file'],
  ])('that cannot be written to %s are refused before the build', async ([name, why], { services, slipway }) => {
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await slipway(['build', '--file-output', join(folder, name)]);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(services.calls).not.toContain('start');
  });
});
