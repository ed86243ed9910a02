import { describe, expect, it, test } from 'vitest';
import { failing, succeeding, WorkRig } from '../../test/rigs/step-work.ts';
import { Cancelled, cancelledBy } from '../model/outcome.ts';
import { TimedOut, type StepResult } from './step-runner.ts';
import { untilStopped } from './until-stopped.ts';

test('work that is not stopped has its own result', async () => {
  const { work } = new WorkRig();
  for (const result of [succeeding, failing()]) expect(await untilStopped(work, async () => result)).toBe(result);
});

test('work of a step that is stopped already does not begin', async () => {
  const rig = new WorkRig();
  rig.stop.abort(new Cancelled('siblingFailed'));
  const begins = async (): Promise<StepResult> => await Promise.reject(new Error('it began'));
  expect(await untilStopped(rig.work, begins)).toEqual({
    outcome: { status: 'cancelled', because: 'siblingFailed' },
    artifacts: [],
  });
});

describe('cancelled work', () => {
  it.each<[string, (rig: WorkRig) => void, StepResult['outcome']]>([
    ['cancelled', ({ stop }) => stop.abort(new Cancelled('user')), { status: 'cancelled', because: 'user' }],
    ['stopped at once', ({ atOnce }) => atOnce.abort(new Cancelled('user')), { status: 'cancelled', because: 'user' }],
    [
      'timed out',
      ({ stop }) => stop.abort(new TimedOut(7)),
      { status: 'failed', failure: { code: 'timed-out', afterMs: 7 } },
    ],
  ])('is how the step stopped: %s', async (_, stop, outcome) => {
    const rig = new WorkRig();
    const artifacts: StepResult['artifacts'] = [{ kind: 'image', name: 'a', id: 'i', references: [], pushed: [] }];
    const result = await untilStopped(rig.work, async ({ signal }) => {
      stop(rig);
      return { outcome: cancelledBy(signal), artifacts };
    });
    expect(result).toEqual({ outcome, artifacts });
  });
});
