import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import type { PlannedStep } from '../../model/plan.ts';
import { endedBy, type StepWork } from '../step-runner.ts';
import { timed } from './timed.ts';

it.each([
  ['now', 0, 5_000],
  ['3 s ago, by another process', -3_000, 2_000],
  ['by a clock that was ahead', 315_360_000_000, 5_000],
])('an attempt that started %s gets the rest of its timeout', async (_, startedIn, left) => {
  const clock = new ManualClock();
  const step = { policy: { timeoutMs: 5_000 } } as unknown as PlannedStep;
  const runner = timed({
    run: async (_step, { signal }) => (
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      { outcome: endedBy(signal), artifacts: [] }
    ),
  });
  let ended = false;
  const { signal } = new AbortController();
  const running = runner
    .run(step, { clock, signal, attemptStartedAt: clock.now() + startedIn } as unknown as StepWork)
    .finally(() => (ended = true));
  await clock.untilSleeping();
  await clock.advance(left - 1);
  expect(ended).toBe(false);
  await clock.advance(1);
  expect((await running).outcome).toMatchObject({ status: 'failed', failure: { code: 'timed-out' } });
});
