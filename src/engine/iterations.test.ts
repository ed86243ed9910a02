/** Runs of many iterations, each with its own plan. */
import { describe, expect, it } from 'vitest';
import { EngineWorld, exits, stagesOf, succeeds, waits } from '../../test/rigs/engine-world.ts';
import { collect } from '../../test/rigs/store-rig.ts';
import type { Cause } from '../model/cause.ts';
import { stepId, type StepId } from '../model/ids.ts';
import type { RunLog } from '../store/store.ts';
import type { PlannedStage, PlannedStep } from '../model/plan.ts';
import type { StepWork } from '../steps/step-runner.ts';
import type { RequestState } from '../store/store.ts';
import { nextTurn } from '../util/next-turn.ts';
import { aborted } from '../util/abort.ts';

/** Returns the plan of an iteration: one, two or three steps, by its number. */
function planOf(iteration: number): PlannedStage[] {
  const steps = Array.from({ length: (iteration % 3) + 1 }, (_, i) => `s${i}`);
  return stagesOf([{ name: `stage-${iteration}`, steps }], iteration);
}

const change: Cause = { kind: 'change', paths: ['a.ts'] };

describe('a run of many iterations', () => {
  it('plans each iteration after the previous one, and has the status of the last', async () => {
    using world = new EngineWorld();
    const behaviours = { s0: succeeds, s1: succeeds, s2: succeeds, red: exits(1) };
    const next = async ({ iteration }: { iteration: number }) =>
      iteration < 100 ? { cause: change, stages: planOf(iteration + 1) } : undefined;
    const { run, done } = await world.start(planOf(1), behaviours, { next });
    expect(await done).toMatchObject({ status: 'succeeded' });
    const state = await world.strictState(run);
    expect(state.iterations.map(({ iteration, status }) => [iteration, status])).toEqual(
      Array.from({ length: 50 }, (_, i) => [i + 51, 'succeeded']),
    );
    expect(state.iterations.map(({ cause }) => cause.kind)).toEqual(Array<string>(50).fill('change'));
    expect(state.steps.get(stepId(95, 1, 1))).toMatchObject({ status: 'succeeded' });
    // Below the floor only how an iteration ended is kept.
    expect(state.iterations[0]).toMatchObject({ iteration: 51, stages: [], planDropped: true });
    expect(state.steps.get(stepId(51, 1, 1))).toBeUndefined();
  });

  it('keeps the newest iterations, and a state that stands for the others', async () => {
    using world = new EngineWorld();
    const behaviours = { s0: succeeds, s1: succeeds, s2: succeeds };
    const lengths: number[] = [];
    const firsts: string[] = [];
    const held: { log?: RunLog } = {};
    const next = async ({ iteration }: { iteration: number }) => {
      const events =
        held.log === undefined ? [] : await collect(held.log.follow(0, new AbortController().signal, 'now'));
      lengths.push(events.length);
      firsts.push(events[0]?.type ?? '');
      return iteration < 100 ? { cause: change, stages: planOf(iteration + 1) } : undefined;
    };
    const floor = { keepIterations: 3, keepOutputBytes: 1_000 };
    const { run, done } = await world.start(planOf(1), behaviours, { next, floor });
    held.log = run.log;
    await done;
    // At most 5 iterations of at most 13 events, the floor and the start of the run.
    expect(Math.max(...lengths)).toBeLessThan(80);
    expect(firsts.at(-1)).toBe('log.floor');
    const state = await world.strictState(run);
    expect(state).toMatchObject({ status: 'succeeded', name: 'p', startedAt: expect.any(Number) as number });
    expect(state.floor).toBeGreaterThan(500);
    const planned = (await collect(run.log.follow(0, new AbortController().signal, 'now'))).flatMap((event) =>
      event.type === 'iteration.planned' ? [event.iteration] : [],
    );
    expect(planned.at(-1)).toBe(100);
    expect(planned.length).toBeGreaterThanOrEqual(3);
    expect(planned.length).toBeLessThan(6);
  });

  it('continues after a failed iteration', async () => {
    using world = new EngineWorld();
    const stages = (iteration: number, name: string) => stagesOf([{ name: 'one', steps: [name] }], iteration);
    const next = async ({ iteration, status }: { iteration: number; status: string }) =>
      iteration === 1 ? { cause: change, stages: stages(2, status === 'failed' ? 'green' : 'red') } : undefined;
    const { run, done } = await world.start(stages(1, 'red'), { red: exits(1), green: succeeds }, { next });
    expect(await done).toMatchObject({ status: 'succeeded' });
    expect(await world.ends(run)).toEqual(['red: failed exit-nonzero', 'green: succeeded']);
  });

  it.each([1, 2, 37, 99, 100])('killed in iteration %d, resumes there and runs to its end', async (fatal) => {
    using world = new EngineWorld();
    const hangs = waits();
    const behaviours = { s0: succeeds, s1: succeeds, s2: succeeds };
    const next = async ({ iteration }: { iteration: number }) =>
      iteration < 100 ? { cause: change, stages: planOf(iteration + 1) } : undefined;
    const s0 = async (work: StepWork, { id }: PlannedStep) =>
      id === stepId(fatal, 1, 1) ? await hangs(work) : await succeeds();
    const { run, die } = await world.start(planOf(1), { ...behaviours, s0 }, { next });
    await hangs.begun;
    await world.started(run, stepId(fatal, 1, 1));
    die();
    const resumed = await world.resume(run.id, behaviours, { next });
    expect(await resumed.done).toMatchObject({ status: 'succeeded' });
    const state = await world.strictState(resumed.run);
    expect(state.iterations.at(-1)).toMatchObject({ iteration: 100, status: 'succeeded' });
    expect([...state.steps.values()].filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });

  it('is cancelled between two iterations', async () => {
    using world = new EngineWorld();
    let waiting: () => void = () => undefined;
    const idle = new Promise<void>((resolve) => (waiting = resolve));
    const next = async (_: unknown, __: unknown, signal: AbortSignal) => {
      waiting();
      await aborted(signal);
      return undefined;
    };
    const { control, done } = await world.start(planOf(1), { s0: succeeds, s1: succeeds }, { next });
    await idle;
    control.cancel('user');
    expect(await done).toMatchObject({ status: 'cancelled', because: 'user' });
  });

  it('cancels a superseded iteration and its remaining stages', async () => {
    using world = new EngineWorld();
    const hangs = waits();
    const first = stagesOf([
      { name: 'one', steps: ['hangs'] },
      { name: 'two', steps: ['s0'] },
    ]);
    const next = async ({ iteration }: { iteration: number }) =>
      iteration === 1 ? { cause: change, stages: planOf(2) } : undefined;
    const behaviours = { hangs, s0: succeeds, s1: succeeds, s2: succeeds };
    const { run, control, done } = await world.start(first, behaviours, { next });
    await hangs.begun;
    control.supersede();
    expect(await done).toMatchObject({ status: 'succeeded' });
    expect((await world.ends(run)).slice(0, 2)).toEqual(['hangs: cancelled superseded', 's0: cancelled superseded']);
    expect((await world.strictState(run)).iterations.map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
  });
});

describe('a step that is cancelled alone', () => {
  it('does not stop its siblings', async () => {
    using world = new EngineWorld();
    const hangs = waits();
    const other = waits();
    const stages = stagesOf([{ name: 'one', steps: ['hangs', 'other'] }]);
    const { run, control, done } = await world.start(stages, { hangs, other });
    await Promise.all([hangs.begun, other.begun]);
    control.cancelStep(stepId(1, 1, 1), 'superseded');
    control.cancelStep(stepId(1, 1, 2), 'user');
    expect(await done).toMatchObject({ status: 'cancelled' });
    expect(await world.ends(run)).toEqual(['hangs: cancelled superseded', 'other: cancelled user']);
  });

  it('is cancelled by a request, which is answered, and its reason is noted', async () => {
    using world = new EngineWorld();
    const hangs = waits();
    const other = waits();
    const { run, control, done } = await world.start(stagesOf([{ name: 'one', steps: ['hangs', 'other'] }]), {
      hangs,
      other,
    });
    await Promise.all([hangs.begun, other.begun]);
    const { store } = world.store();
    const ask = async (step: StepId): Promise<RequestState | undefined> => {
      const { id } = await store.request(run.id, { type: 'cancelStep', step, by: 'alice', reason: 'too slow' });
      let last: RequestState | undefined;
      for await (const state of store.requestStates(run.id, id, new AbortController().signal)) last = state;
      return last;
    };
    expect(await ask(stepId(1, 1, 1))).toEqual({ status: 'done' });
    expect(await ask(stepId(1, 1, 9))).toEqual({ status: 'refused', detail: 'the run has no step 1.1.9 yet' });
    for await (const event of run.log.follow(0, new AbortController().signal, 'forever'))
      if (event.type === 'step.finished') break;
    expect(await ask(stepId(1, 1, 1))).toEqual({
      status: 'refused',
      detail: 'step 1.1.1 had already ended: cancelled',
    });
    expect(control.asked.aborted).toBe(false);
    control.cancelStep(stepId(1, 1, 2), 'superseded');
    await done;
    expect(await world.ends(run)).toEqual(['hangs: cancelled user', 'other: cancelled superseded']);
    const { notes } = await world.strictState(run);
    expect(notes.map(({ message }) => message)).toEqual(['alice cancelled step 1.1.1: too slow']);
  });

  it('ends without a start if it waits, and its dependents are skipped', async () => {
    using world = new EngineWorld();
    const hangs = waits();
    const stages = stagesOf([
      { name: 'one', steps: ['hangs', { name: 'waits', needs: ['hangs'] }, { name: 'later', needs: ['waits'] }, 's0'] },
    ]);
    const { run, control, done } = await world.start(stages, { hangs, s0: succeeds }, { jobs: 1 });
    await hangs.begun;
    control.cancelStep(stepId(1, 1, 4), 'superseded');
    control.cancelStep(stepId(1, 1, 1), 'superseded');
    await done;
    expect(await world.ends(run)).toEqual([
      'hangs: cancelled superseded',
      'waits: skipped dependencyFailed',
      'later: skipped dependencyFailed',
      's0: cancelled superseded',
    ]);
  });
});

it("a stage's own limit wins over that of the run", async () => {
  using world = new EngineWorld();
  let running = 0;
  let most = 0;
  const counts = async () => {
    most = Math.max(most, ++running);
    await nextTurn();
    running--;
    return await succeeds();
  };
  const names = ['a', 'b', 'c', 'd'];
  const behaviours = Object.fromEntries(names.map((name) => [name, counts]));
  for (const [own, jobs, expected] of [
    [undefined, 2, 2],
    [1, 2, 1],
    [0, 1, 4],
  ] as const) {
    most = 0;
    const stages = stagesOf([{ name: 'one', steps: names }]).map((stage) => ({
      ...stage,
      ...(own !== undefined && { jobs: own }),
    }));
    await (
      await world.start(stages, behaviours, { jobs })
    ).done;
    expect(most).toBe(expected);
  }
});
