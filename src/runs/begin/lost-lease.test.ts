/**
 * Tests a process that was stopped, thought dead, taken over, and then continues. A timer, a key or the end of a step
 * fires before the process reads anything.
 */
import { containerSpec } from '../../../test/rigs/container-spec.ts';
import { onePlace } from '../../runtime/run-places.ts';
import { openExecutor } from '../execution/step-executor.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { noCommands } from '../../../test/rigs/no-commands.ts';
import { memoryRig } from '../../../test/rigs/memory-rig.ts';
import { sqliteRig } from '../../../test/rigs/sqlite-rig.ts';
import { createRun, type StoreRig } from '../../../test/rigs/store-rig.ts';
import { tarSource } from '../../../test/rigs/tree.ts';
import { driveNew } from '../../engine/drive-run.ts';
import { RunControl } from '../../engine/run-control.ts';
import type { Equipped } from '../../engine/run-driver.ts';
import { systemClock } from '../../model/clock.ts';
import type { Digest, StepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import { fakeRuntime, type FakeRuntime } from '../../runtime/fake/fake-runtime.ts';
import { noMask } from '../../secrets/mask.ts';
import { noSecrets } from '../../secrets/run-secrets.ts';
import { noProvisions } from '../../model/provisions.ts';
import { openBatchedSink } from '../../store/log/batched-sink.ts';
import type { OwnedRun, Store } from '../../store/store.ts';
import type { Snapshot } from '../../workspace/workspace.ts';
import { wharfFrontEnd } from '../../wharf/front-end.ts';
import type { RunFiles } from '../machine.ts';
import { aborted } from '../../util/abort.ts';

const timeoutMs = 5_000;
const stages: readonly PlannedStage[] = [
  {
    ordinal: 1,
    name: 'stage',
    runsIf: 'success',
    onFailure: 'cancelSiblings',
    steps: [
      {
        id: '1.1.1' as StepId,
        name: 'step',
        needs: [],
        policy: { retries: 1, allowFailure: false, timeoutMs },
        artifacts: ['**'],
        cache: ['cache'],
        spec: containerSpec(),
      },
    ],
  },
];

describe.each([
  ['in memory', memoryRig],
  ['in a folder', sqliteRig],
])('an owner after a takeover, with runs %s', (_, open: () => Promise<StoreRig>) => {
  let rig: StoreRig;
  let clock: ManualClock;
  let runtime: FakeRuntime;
  let end: () => void;
  let kept: string[];

  beforeEach(async () => {
    rig = await open();
    clock = new ManualClock();
    const ended = new Promise<void>((resolve) => (end = resolve));
    runtime = fakeRuntime({
      clock,
      script: () => ({ does: 'run', program: async (self) => (await Promise.race([ended, aborted(self.killed)]), 0) }),
    });
    kept = [];
  });

  afterEach(async () => await rig[Symbol.asyncDispose]());

  /** Records what is kept of a run. */
  const keeping = {
    collect: async ({ read }: { read: (path: string) => Promise<AsyncIterable<Uint8Array> | undefined> }) => {
      for await (const part of (await read('')) ?? []) void part;
      kept.push('artifact');
      return {};
    },
    restore: async () => undefined,
    save: async () => (kept.push('cache'), 0),
  };

  async function executorOf(store: Store, run: OwnedRun, sink: Parameters<Parameters<typeof driveNew>[2]['equip']>[1]) {
    const machine = {
      clock,
      store: async () => store,
      commands: async () => await Promise.resolve(noCommands),
      files: { openArtifacts: async () => keeping, openCaches: async () => keeping } as unknown as RunFiles,
      frontEnd: wharfFrontEnd({ env: {}, platform: 'linux', home: '/', operator: async () => ({ diagnostics: [] }) }),
    };
    const snapshot = {
      ...tarSource([]),
      ref: { digest: 'sha256:0' as Digest, files: 0, bytes: 0 },
      notes: [],
    } as Snapshot;
    return await openExecutor(machine, {
      run,
      stages: [...stages],
      sink,
      places: onePlace(runtime),
      snapshot,
      project: 'p',
      variables: [],
      secrets: noSecrets,
      mask: noMask,
      provisions: noProvisions,
      pull: 'never',
      keepFailed: false,
    });
  }

  /** Drives a run until its step runs. */
  async function begun() {
    const store = await rig.open('one');
    const run = await createRun(store);
    const control = new RunControl();
    const done = driveNew(run, control, {
      clock,
      openSink: async (log, onBroken) => openBatchedSink({ log, clock: systemClock, onBroken }),
      source: async () => ({ project: 'p', directory: '/p', file: 'f' }),
      plan: async () => ({
        name: 'p',
        plan: { stages, variables: [], stored: { stages, variables: [] } },
        diagnostics: [],
      }),
      equip: async (_plan, sink): Promise<Equipped> => ({
        status: 'ready',
        settings: { pull: 'never', keepFailed: false },
        workspace: { digest: 'sha256:0' as Digest, files: 0, bytes: 0 },
        notes: [],
        executor: await executorOf(store, run, sink),
      }),
    });
    done.catch(() => undefined);
    for await (const event of run.log.follow(0, new AbortController().signal, 'forever')) {
      if (event.type === 'step.observed' && event.fact.type === 'workload.started') break;
    }
    return { run, control, done };
  }

  async function takenOver(run: OwnedRun): Promise<OwnedRun> {
    rig.processes.kill('one');
    const taken = await (await rig.open('two')).own(run.id);
    if (taken.status !== 'owned') throw new Error(taken.status);
    return taken.run;
  }

  it.each<[string, (owner: Awaited<ReturnType<typeof begun>>) => Promise<void> | void]>([
    ['a timeout fires', async () => await clock.advance(timeoutMs)],
    ['the user cancels', ({ control }) => control.cancel('user')],
    ['its step ends', () => end()],
  ])('changes nothing when %s', async (_case, happens) => {
    const owner = await begun();
    const successor = await takenOver(owner.run);
    await happens(owner);
    await expect(owner.done).rejects.toMatchObject({ name: 'StoreError', code: 'not-owner' });
    expect(runtime.state.counts).toMatchObject({ started: 1, removed: 0 });
    expect(runtime.state.workloads.size).toBe(1);
    expect(kept).toEqual([]);
    const types: string[] = [];
    for await (const { type, epoch } of successor.log.follow(0, new AbortController().signal, 'now'))
      if (epoch === 1) types.push(type);
    expect(types).not.toContain('step.finished');
    expect(types).not.toContain('run.finished');
  });

  it('changes nothing when it is taken over in the grace period of a stop', async () => {
    runtime = fakeRuntime({ clock, script: () => ({ does: 'hang', onTerm: 'ignore' }) });
    const { run, control, done } = await begun();
    control.cancel('user');
    // The timeout of the step, and the grace period.
    await clock.untilSleeping(2);
    await takenOver(run);
    await clock.advance(10_000);
    await expect(done).rejects.toMatchObject({ code: 'not-owner' });
    expect(runtime.state.workloads.size).toBe(1);
    const ended = [...runtime.state.workloads.values()].flatMap(({ containers }) =>
      [...containers.values()].map((container) => container.ended),
    );
    expect(ended).toEqual([false]);
  });
});
