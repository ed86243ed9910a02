import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failing, plainStep, succeeding, WorkRig } from '../../../test/rigs/step-work.ts';
import type { Failure } from '../../model/outcome.ts';
import type { StepResult } from '../step-runner.ts';
import { retried } from './retried.ts';

/** Runs a step whose attempts end like this; the last result repeats. */
async function run(retries: number, results: readonly StepResult[], rig = new WorkRig()) {
  const attempts: number[] = [];
  const runner = retried({
    run: async (_step, { attempt }) => {
      attempts.push(attempt);
      return results[Math.min(attempts.length, results.length) - 1] ?? succeeding;
    },
  });
  return { result: await runner.run(plainStep({ retries }), rig.work), attempts, lines: rig.lines };
}

const second = failing({ code: 'runtime-lost', detail: 'd' });
const cancelled: StepResult = { outcome: { status: 'cancelled', because: 'user' }, artifacts: [] };

describe('retried', () => {
  it.each<[string, number, StepResult[], number[], string]>([
    ['a success at once', 2, [succeeding], [1], 'succeeded'],
    ['a failure without retries', 0, [failing()], [1], 'failed'],
    ['a failure, then a success', 2, [failing(), succeeding], [1, 2], 'succeeded'],
    ['failures until none is left', 2, [failing()], [1, 2, 3], 'failed'],
    ['a cancellation', 2, [cancelled], [1], 'cancelled'],
    ['a cancellation of the second attempt', 2, [failing(), cancelled], [1, 2], 'cancelled'],
  ])('%s', async (_, retries, results, attempts, status) => {
    const ran = await run(retries, results);
    expect(ran.attempts).toEqual(attempts);
    expect(ran.result.outcome.status).toBe(status);
  });

  it('tells why each attempt failed, and returns the last result as it is', async () => {
    const { lines, result } = await run(2, [failing(), second, failing()]);
    expect(lines).toEqual(['attempt 2 after exit-nonzero', 'attempt 3 after runtime-lost']);
    expect(result).toEqual(failing());
  });

  it('counts attempts of an earlier process', async () => {
    const { attempts } = await run(2, [failing()], new WorkRig({ attempt: 2 }));
    expect(attempts).toEqual([2, 3]);
    expect((await run(2, [failing()], new WorkRig({ attempt: 3 }))).attempts).toEqual([3]);
  });

  it.each<[Failure, boolean]>([
    [{ code: 'internal', name: 'E', message: 'm' }, false],
    [{ code: 'unsupported', detail: 'd' }, false],
    [{ code: 'file-error', detail: 'd' }, false],
    [{ code: 'artifact-refused', path: 'p', detail: 'd' }, false],
    [{ code: 'file-missing', field: 'f', path: 'p' }, false],
    [{ code: 'exit-nonzero', exitCode: 1 }, true],
    [{ code: 'timed-out', afterMs: 1 }, true],
    [{ code: 'disk-full', where: 'w', detail: 'd' }, true],
    [{ code: 'artifact-missing', patterns: ['p'] }, true],
  ])('after %j: %s', async (failure, again) => {
    expect((await run(1, [failing(failure)])).attempts).toEqual(again ? [1, 2] : [1]);
  });

  it.each(['stop', 'atOnce'] as const)('does not begin another attempt after %s', async (which) => {
    const rig = new WorkRig();
    rig[which].abort();
    const { attempts, result } = await run(3, [failing()], rig);
    expect(attempts).toEqual([1]);
    expect(result.outcome.status).toBe('failed');
  });

  it('makes as many attempts as fail, at most one more than retries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.nat(8), async (retries, failures) => {
        const { attempts, result, lines } = await run(retries, [
          ...Array.from({ length: failures }, () => failing()),
          succeeding,
        ]);
        expect(attempts).toEqual(Array.from({ length: Math.min(failures, retries) + 1 }, (_, i) => i + 1));
        expect(lines).toHaveLength(attempts.length - 1);
        expect(result.outcome.status).toBe(failures <= retries ? 'succeeded' : 'failed');
      }),
      { numRuns: 50 },
    );
  });
});
