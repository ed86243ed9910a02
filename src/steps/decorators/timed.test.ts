import { describe, expect, it } from 'vitest';
import { plainStep, settled, succeeding, WorkRig } from '../../../test/rigs/step-work.ts';
import { Cancelled } from '../../model/outcome.ts';
import { endedBy, type StepRunner, type StepWork } from '../step-runner.ts';
import { timed } from './timed.ts';
import { aborted, orAborted } from '../../util/abort.ts';

/** Returns when its signal aborts. */
const returns: StepRunner = {
  run: async (_step, { signal }) => {
    await aborted(signal);
    return { outcome: endedBy(signal), artifacts: [] };
  },
};

/** Rejects with the signal's reason when it aborts. */
const rejects: StepRunner = {
  run: async (_step, { signal }) => await orAborted(new Promise<never>(() => undefined), signal),
};

const step = plainStep({ timeoutMs: 5_000 });

/** Starts a step. `ended` gets its result. */
function start(inner: StepRunner, rig: WorkRig, more: Partial<StepWork> = {}) {
  const state: { ended?: unknown } = {};
  const running = timed(inner).run(step, { ...rig.work, ...more });
  running.then(
    (result) => (state.ended = result),
    (error: unknown) => (state.ended = error),
  );
  return { state, running };
}

describe('timed', () => {
  it.each([
    ['now', 0, 5_000],
    ['3 s ago, by another process', -3_000, 2_000],
    ['by a clock that was ahead', 315_360_000_000, 5_000],
  ])('gives an attempt that began %s the rest of its time', async (_, startedIn, left) => {
    const rig = new WorkRig();
    const { state, running } = start(returns, rig, { attemptStartedAt: rig.clock.now() + startedIn });
    await rig.clock.untilSleeping();
    await rig.clock.advance(left - 1);
    expect(state.ended).toBeUndefined();
    await rig.clock.advance(1);
    expect((await running).outcome).toEqual({ status: 'failed', failure: { code: 'timed-out', afterMs: 5_000 } });
  });

  it('gives an attempt that began long ago no time at all', async () => {
    const rig = new WorkRig();
    const { state } = start(returns, rig, { attemptStartedAt: rig.clock.now() - 9_000 });
    await rig.clock.untilSleeping();
    await rig.clock.advance(0);
    expect(state.ended).toMatchObject({ outcome: { failure: { code: 'timed-out' } } });
  });

  it('makes a failure of a rejection by the time limit', async () => {
    const rig = new WorkRig();
    const { running } = start(rejects, rig);
    await rig.clock.untilSleeping();
    await rig.clock.advance(5_000);
    expect(await running).toEqual({
      outcome: { status: 'failed', failure: { code: 'timed-out', afterMs: 5_000 } },
      artifacts: [],
    });
  });

  it('hands on any other rejection, and stops its timer', async () => {
    const rig = new WorkRig();
    const error = new TypeError('a mistake of ours');
    await expect(start({ run: async () => await Promise.reject(error) }, rig).running).rejects.toBe(error);
    expect(rig.clock.sleeping).toBe(0);
  });

  it('hands on a cancellation', async () => {
    const rig = new WorkRig();
    const ends = [start(returns, rig), start(rejects, rig)];
    const reason = new Cancelled('user');
    rig.stop.abort(reason);
    expect(await ends[0]?.running).toMatchObject({ outcome: { status: 'cancelled', because: 'user' } });
    await expect(ends[1]?.running).rejects.toBe(reason);
    expect(rig.clock.sleeping).toBe(0);
  });

  it('returns after its timer has stopped', async () => {
    const rig = new WorkRig();
    let stopped = false;
    const clock = {
      now: () => rig.clock.now(),
      sleep: async (ms: number, signal?: AbortSignal) => {
        await rig.clock.sleep(ms, signal).catch(() => undefined);
        await settled();
        stopped = true;
      },
    };
    const inner: StepRunner = { run: async () => await Promise.resolve(succeeding) };
    expect(await start(inner, rig, { clock }).running).toBe(succeeding);
    expect(stopped).toBe(true);
  });

  it('hands on the work itself where there is no limit', async () => {
    const rig = new WorkRig();
    let seen: StepWork | undefined;
    await timed({ run: async (_, work) => ((seen = work), await Promise.resolve(succeeding)) }).run(
      plainStep(),
      rig.work,
    );
    expect(seen).toBe(rig.work);
    expect(rig.clock.sleeping).toBe(0);
  });
});
