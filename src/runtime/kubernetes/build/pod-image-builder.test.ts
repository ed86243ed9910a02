import { describe, expect, test } from 'vitest';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { describeTar, tarSource } from '../../../../test/rigs/tree.ts';
import { systemClock } from '../../../model/clock.ts';
import { Cancelled, type Failure } from '../../../model/outcome.ts';
import type { Behaviour } from '../../fake/behaviour.ts';
import { fakeRuntime } from '../../fake/fake-runtime.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { labelKeys, type WorkloadSpec } from '../../runtime.ts';
import { PodImageBuilder } from './pod-image-builder.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const push = { reference: 'r.example/app:1', insecure: false };
const labels = (attempt: number) => ({
  [labelKeys.store]: 's',
  [labelKeys.run]: 'r',
  [labelKeys.step]: '1.1.1',
  [labelKeys.attempt]: String(attempt),
  [labelKeys.lifetime]: 'step',
});
const plain: ImageBuild = {
  context: tarSource([
    { path: 'Dockerfile', content: 'FROM scratch\n' },
    { path: 'hello', content: 'hi' },
  ]),
  dockerfile: 'Dockerfile',
  references: [push.reference],
  args: [],
  secrets: new Map(),
  labels: {},
  pull: 'missing',
  baseImages: [],
  pushes: [push],
  workload: { name: 'build-2', labels: labels(2) },
};
const succeeds: Behaviour = {
  does: 'exit',
  code: 0,
  stderr: 'INFO[0000] RUN make\n',
  files: { '/kaniko/results/digest': digest },
};

/** A builder with a program of this behaviour, and the started workloads. */
function world(behaviour: Behaviour) {
  const started: WorkloadSpec[] = [];
  const runtime = fakeRuntime({
    clock: systemClock,
    script: (_container, spec) => {
      started.push(spec);
      return behaviour;
    },
  });
  return { runtime, started, builder: new PodImageBuilder(runtime, { kind: 'kaniko', image: 'kaniko:1' }) };
}

test('a build is a workload with the context, the hidden files and a folder for results; its pushes return later, and nothing is left', async () => {
  const { builder, runtime, started } = world(succeeds);
  const { work, text, observed } = recordingWork();
  expect(await builder.build({ ...plain, login: { config: '{"auths":{}}' } }, work)).toEqual({
    status: 'succeeded',
    value: { id: digest },
  });
  expect(await builder.push(push, work)).toEqual({ status: 'succeeded', value: { digest } });
  expect(text()).toBe('INFO[0000] RUN make\n');
  expect(observed).toEqual(
    expect.arrayContaining([
      { type: 'progress', subject: 'RUN make', current: 1 },
      { type: 'image.pushed', image: push.reference, digest },
    ]),
  );
  const [spec] = started;
  expect(spec).toMatchObject({
    name: 'build-2',
    labels: labels(2),
    lifetime: 'step',
    containers: [{ image: 'kaniko:1' }],
  });
  const { signal } = work;
  const trees = await Promise.all(
    (spec?.volumes ?? []).map(async ({ name, confidential, content }) => [
      name,
      confidential,
      await Promise.all(content.map(async (tree) => await describeTar(tree.open(undefined, signal)))),
    ]),
  );
  expect(trees).toEqual([
    ['context', undefined, [{ Dockerfile: '644 FROM scratch\n', hello: '644 hi' }]],
    [
      'files',
      true,
      [{ Dockerfile: '644 FROM scratch\n', 'Dockerfile.dockerignore': '644 ', 'config.json': '600 {"auths":{}}' }],
    ],
    ['results', undefined, []],
  ]);
  expect([...runtime.state.workloads.keys()]).toEqual([]);
});

test.each<[string, Partial<ImageBuild>]>([
  ['ssh', { ssh: new Map([['default', { keys: [] }]]) }],
  ['cacheFrom', { cacheFrom: ['a:1'] }],
  ['network', { network: 'none' }],
  ['platforms', { platforms: ['linux/amd64', 'linux/arm64'] }],
  ['addHosts', { addHosts: [{ name: 'a', address: '192.0.2.1' }] }],
])('Kaniko refuses %s before anything starts', async (option, more) => {
  const { builder, started } = world(succeeds);
  expect(await builder.build({ ...plain, ...more }, recordingWork().work)).toMatchObject({
    status: 'failed',
    failure: {
      code: 'unsupported',
      detail: expect.stringContaining(`Kaniko does not support this build option, ${option}: `) as string,
    },
  });
  expect(started).toEqual([]);
});

test('a push outside of a build is refused, even if one with the same name was done', async () => {
  const { builder } = world(succeeds);
  const { work } = recordingWork();
  await builder.build(plain, work);
  expect(await builder.push({ ...push }, work)).toMatchObject({
    status: 'failed',
    failure: { code: 'push-failed', image: push.reference },
  });
});

test('the workload of a killed attempt is removed before the next build', async () => {
  const { builder, runtime } = world(succeeds);
  runtime.state.leaveHalfMade({
    name: 'build-1',
    labels: labels(1),
    lifetime: 'step',
    containers: [],
    volumes: [],
    pull: 'never',
  });
  runtime.state.leaveHalfMade({
    name: 'other',
    labels: { ...labels(1), [labelKeys.step]: '1.1.2' },
    lifetime: 'step',
    containers: [],
    volumes: [],
    pull: 'never',
  });
  expect((await builder.build(plain, recordingWork().work)).status).toBe('succeeded');
  expect([...runtime.state.workloads.keys()]).toEqual(['other']);
});

test('a failure of the workload is the failure of the build', async () => {
  const { builder } = world({ does: 'loseEngine' });
  expect(await builder.build(plain, recordingWork().work)).toMatchObject({
    status: 'failed',
    failure: { code: 'runtime-lost' },
  });
});

test('base images cannot exist already', async () => {
  const { builder, started } = world(succeeds);
  expect(await builder.build({ ...plain, pull: 'never', baseImages: ['node:22'] }, recordingWork().work)).toMatchObject(
    { status: 'failed', failure: { code: 'image-unavailable', image: 'node:22' } },
  );
  expect(started).toEqual([]);
});

test('a cancelled build is removed', async () => {
  const { builder, runtime } = world({ does: 'hang', stderr: 'now it runs\n', onTerm: 'ignore' });
  const stop = new AbortController();
  const { work, until } = recordingWork(stop.signal);
  const built = builder.build(plain, work);
  await until('now it runs');
  stop.abort(new Cancelled('siblingFailed'));
  expect(await built).toEqual({ status: 'cancelled', because: 'siblingFailed' });
  expect([...runtime.state.workloads.keys()]).toEqual([]);
});

describe('secrets', () => {
  const hidden = {
    ...plain,
    args: [{ name: 'TOKEN', value: 'hush' }],
    hides: (text: string) => text.includes('hush'),
    login: { username: 'me', password: 'hush-hush' },
  };

  test('are not visible on the platform', async () => {
    const { builder, started } = world(succeeds);
    expect((await builder.build(hidden, recordingWork().work)).status).toBe('succeeded');
    expect(
      JSON.stringify(started.map(({ containers, labels: shown, name }) => [containers, shown, name])),
    ).not.toContain('hush');
  });

  test('an image without the required shell gets advice', async () => {
    const failure: Failure = { code: 'start-failed', detail: 'cannot run "/busybox/sh"' };
    const { builder } = world({ does: 'failStart', failure });
    expect(await builder.build(hidden, recordingWork().work)).toMatchObject({
      status: 'failed',
      failure: { code: 'unsupported' },
    });
    expect(await builder.build(plain, recordingWork().work)).toEqual({ status: 'failed', failure });
  });
});

describe('the pod of one build', () => {
  test('has its own builder, its template, and more arguments for Kaniko', async () => {
    const { builder, started } = world(succeeds);
    const template = { spec: { nodeSelector: { disk: 'ssd' } } };
    const own = { kind: 'kaniko' as const, image: 'kaniko:2', helperImage: 'helper:1' };
    const build = { ...plain, pod: { builder: own, template, kanikoFlags: ['--cache=true'] } };
    expect(await builder.build(build, recordingWork().work)).toMatchObject({ status: 'succeeded' });
    expect(started[0]).toMatchObject({ template, helperImage: 'helper:1', containers: [{ image: 'kaniko:2' }] });
    expect(started[0]?.containers[0]?.command).toContain('--cache=true');
  });

  test('refuses arguments for Kaniko if the builder is another one', async () => {
    const { runtime } = world(succeeds);
    const builder = new PodImageBuilder(runtime, { kind: 'buildah', image: 'buildah:1' });
    expect(await builder.build({ ...plain, pod: { kanikoFlags: ['--cache=true'] } }, recordingWork().work)).toEqual({
      status: 'failed',
      failure: {
        code: 'unsupported',
        detail: 'Buildah in a pod does not support --cache=true, an option of Kaniko: use Kaniko',
      },
    });
  });
});
