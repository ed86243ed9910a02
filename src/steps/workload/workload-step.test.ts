/** Resuming a step whose runtime is unavailable. Other resumptions are in `test/e2e/`. */
import { noFollowedOutput } from '../../../test/rigs/no-followed-output.ts';
import { expect, test } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { tarSource } from '../../../test/rigs/tree.ts';
import { systemClock } from '../../model/clock.ts';
import type { RunId, StepId, StoreId } from '../../model/ids.ts';
import { failed, type Failure, type Outcome } from '../../model/outcome.ts';
import type { ContainerStepSpec } from '../../wharf/specs/specs.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { fakeRuntime, type FakeRuntime } from '../../runtime/fake/fake-runtime.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { noMask } from '../../secrets/mask.ts';
import type { ArtifactStore, CacheStore } from '../../workspace/workspace.ts';
import { containerWorkload } from '../../wharf/steps/container-step.ts';
import { RunResources } from '../run-resources.ts';
import { filesTree } from './files-tree.ts';
import { noProvisions } from '../../model/provisions.ts';
import type { PlannedStepOf } from '../step-runner.ts';
import { workloadStep } from './workload-step.ts';
import { aborted } from '../../util/abort.ts';

const spec: ContainerStepSpec = {
  kind: 'container',
  image: 'image',
  commands: ['true'],
  shell: '/bin/sh',
  os: 'linux',
  env: {},
};
const step: PlannedStepOf<ContainerStepSpec> = {
  id: '1.1.1' as StepId,
  name: 'unit',
  needs: [],
  policy: { retries: 0, allowFailure: false },
  artifacts: ['out'],
  cache: [],
  spec,
};
const identity = { store: 'store' as StoreId, run: 'run' as RunId, stages: [{ ordinal: 1, name: 'test' }] };
const forbidden: Failure = { code: 'forbidden', detail: 'may not list pods' };
const refused = new RuntimeRefused(forbidden, new Error('you may not'));
const away = async (): Promise<never> => await Promise.reject(refused);

function resourcesOf(runtime: FakeRuntime, artifacts: Partial<ArtifactStore>): RunResources {
  const stored = async () => await Promise.resolve();
  return new RunResources({
    identity,
    runtimes: [runtime],
    snapshot: tarSource([]),
    artifacts: artifacts as ArtifactStore,
    stored,
  });
}

function contextOf(runtime: FakeRuntime, artifacts: Partial<ArtifactStore>) {
  return {
    identity,
    runtime,
    project: '/p',
    pull: 'missing' as const,
    keepFailed: false,
    artifacts: artifacts as ArtifactStore,
    caches: {} as CacheStore,
    mask: noMask,
    provisions: noProvisions,
    values: new Map<string, string>(),
    filesTree,
  };
}

/** Resumes a step whose workload another process started. */
async function resumeRun(
  change: (runtime: FakeRuntime) => void = () => undefined,
  artifacts: Partial<ArtifactStore> = {},
  cursors: Readonly<Record<string, number>> = {},
) {
  const runtime = fakeRuntime({ clock: systemClock, script: () => ({ does: 'exit', code: 0 }) });
  const equipped = () => resourcesOf(runtime, artifacts);
  const context = contextOf(runtime, artifacts);
  const recorded = recordingWork(new AbortController().signal);
  const work = {
    ...recorded.work,
    atOnce: new AbortController().signal,
    attempt: 1,
    attemptStartedAt: 0,
    followed: noFollowedOutput,
    nextAttempt: async () => await Promise.reject(new Error('unexpected attempt')),
  };
  await workloadStep({ ...context, resources: equipped() }, containerWorkload).run({ ...step, artifacts: [] }, work);
  change(runtime);
  const resources = equipped();
  const { outcome } = await workloadStep({ ...context, resources }, containerWorkload).run(step, {
    ...work,
    begun: { cursors },
  });
  return {
    outcome,
    resources,
    notes: recorded.observed.flatMap((fact) => (fact.type === 'noted' ? [fact.message] : [])),
  };
}

test.each<[string, (runtime: FakeRuntime) => void, Outcome]>([
  [
    'an engine that stopped responding',
    (runtime) => runtime.state.lose(),
    failed({ code: 'runtime-lost', detail: 'the fake engine is gone' }),
  ],
  [
    'an engine that refuses to list workloads',
    (runtime) => void (runtime.find = () => ({ [Symbol.asyncIterator]: () => ({ next: away }) }) as never),
    failed(forbidden),
  ],
])('the step fails with the failure of the runtime: %s', async (_, change, expected) => {
  expect((await resumeRun(change)).outcome).toEqual(expected);
});

test.each<[string, Runtime['kind'], Failure['code']]>([
  ['a container that somebody removed', 'docker', 'workload-deleted'],
  ['a command that a killed resume removed', 'host', 'runtime-lost'],
])('the step fails if its output is known but its workload is gone: %s', async (_, kind, code) => {
  const removed = (runtime: FakeRuntime) =>
    void Object.defineProperties(runtime, {
      kind: { value: kind },
      find: { value: async function* () {} },
    });
  const { outcome } = await resumeRun(removed, {}, { stdout: 7 });
  expect(outcome).toMatchObject({ status: 'failed', failure: { code } });
});

test('a workload that can be neither adopted nor removed fails with the adoption failure', async () => {
  const { outcome, notes } = await resumeRun((runtime) => {
    runtime.adopt = async () => await Promise.resolve(failed({ code: 'runtime-lost', detail: 'gone' }));
    runtime.remove = away;
  });
  expect(outcome).toEqual(failed({ code: 'runtime-lost', detail: 'gone' }));
  expect(notes).toEqual([expect.stringContaining('you may not')]);
});

test('a platform that refuses to copy artifacts is not an internal failure', async () => {
  const reading: Partial<ArtifactStore> = { collect: async (request) => (await request.read('out'), {}) };
  const { outcome } = await resumeRun((runtime) => {
    const adopt = runtime.adopt.bind(runtime);
    runtime.adopt = async (...given) => {
      const adopted = await adopt(...given);
      if (adopted.status === 'succeeded') adopted.value.copyOut = away;
      return adopted;
    };
  }, reading);
  expect(outcome).toEqual(failed(forbidden));
});

test('a run resumes and ends although its workloads cannot be listed, and reports that at the end', async () => {
  const { resources } = await resumeRun((runtime) => runtime.state.lose());
  const { signal } = new AbortController();
  await resources.takeOver([], signal);
  await resources.removeAll(new Map(), signal);
  expect(await resources.settled()).toEqual([
    expect.stringContaining('the fake engine is gone'),
    expect.stringContaining('the fake engine is gone'),
  ]);
});

test('a run that stops at once leaves workloads that are starting, but none that failed to start', async () => {
  const runtime = fakeRuntime({ clock: systemClock });
  const artifacts = {} as ArtifactStore;
  const stored = async () => await Promise.resolve();
  const resources = new RunResources({ identity, runtimes: [runtime], snapshot: tarSource([]), artifacts, stored });
  let during: readonly string[] = [];
  runtime.start = async () => {
    during = resources.leftBehind().map(({ name, labels }) => `${name} ${labels['slipway.dev/step'] ?? ''}`);
    return await Promise.resolve(failed(forbidden));
  };
  const { work } = recordingWork(new AbortController().signal);
  const nextAttempt = async () => await Promise.reject(new Error('unexpected attempt'));
  const given = {
    ...work,
    atOnce: new AbortController().signal,
    attempt: 1,
    attemptStartedAt: 0,
    followed: noFollowedOutput,
    nextAttempt,
  };
  const context = {
    identity,
    runtime,
    project: '/p',
    pull: 'missing' as const,
    keepFailed: false,
    artifacts,
    resources,
  };
  const rest = {
    caches: {} as CacheStore,
    mask: noMask,
    provisions: noProvisions,
    values: new Map<string, string>(),
    filesTree,
  };
  await workloadStep({ ...context, ...rest }, containerWorkload).run(step, given);
  expect(during).toEqual(['slipway-run-1-1-1-1 1.1.1']);
  expect(resources.leftBehind()).toEqual([]);
});

test('a step reads no more output once nothing can be stored', async () => {
  const recorded = recordingWork(new AbortController().signal);
  const unstored = new AbortController();
  const runtime = fakeRuntime({ clock: systemClock, script: () => ({ does: 'exit', code: 0 }) });
  const workload = {
    ref: { id: 'w', name: 'w', labels: {}, state: 'running' },
    exited: async () => await Promise.resolve({ code: 143 }),
    async *logs(_: string, __: object, stop: AbortSignal) {
      yield { stream: 'combined', bytes: Buffer.from('x'), cursor: 1 };
      // A log that takes long to read.
      await aborted(stop);
    },
    stop: async () => await Promise.resolve(),
  };
  runtime.start = async () => await Promise.resolve({ status: 'succeeded', value: workload } as never);
  const running = workloadStep(
    { ...contextOf(runtime, {}), resources: resourcesOf(runtime, {}) },
    containerWorkload,
  ).run(
    { ...step, artifacts: [] },
    {
      ...recorded.work,
      atOnce: new AbortController().signal,
      unstored: unstored.signal,
      attempt: 1,
      attemptStartedAt: 0,
      followed: noFollowedOutput,
      nextAttempt: async () => await Promise.reject(new Error('unexpected attempt')),
    },
  );
  unstored.abort();
  expect((await running).outcome).toMatchObject({ status: 'failed', failure: { code: 'exit-nonzero', exitCode: 143 } });
});
