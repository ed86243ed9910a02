import { expect, test } from 'vitest';
import type { Failure } from '../../model/outcome.ts';
import type { StepRunner, StepWork } from '../step-runner.ts';
import { restarted } from './restarted.ts';

const builds = new Set(['docker']);

/** Runs a step of a kind. Returns the number of the attempt that ran and the failures of earlier attempts. */
async function run(kind: string, more: Partial<StepWork>): Promise<{ attempt: number; failures: readonly Failure[] }> {
  const failures: Failure[] = [];
  let attempt = 0;
  const inner: StepRunner = {
    run: async (_step, work) => {
      attempt = work.attempt;
      return await Promise.resolve({ outcome: { status: 'succeeded', value: undefined }, artifacts: [] });
    },
  };
  const work = {
    attempt: 1,
    signal: new AbortController().signal,
    nextAttempt: async (failure: Failure) => {
      failures.push(failure);
      return await Promise.resolve({ ...work, attempt: 2, begun: undefined });
    },
    ...more,
  } as unknown as StepWork;
  await restarted(builds)(inner).run({ spec: { kind } } as never, work);
  return { attempt, failures };
}

test.each<[string, string, Partial<StepWork>, number]>([
  ['a new attempt', 'docker', {}, 1],
  ['a build that another process started', 'docker', { begun: { cursors: {} } }, 2],
  ['a kind that can be adopted', 'container', { begun: { cursors: {} } }, 1],
  ['a build that is being cancelled', 'docker', { begun: { cursors: {} }, signal: AbortSignal.abort() }, 1],
])('%s', async (_, kind, more, expected) => {
  const { attempt, failures } = await run(kind, more);
  expect(attempt).toBe(expected);
  expect(failures.map(({ code }) => code)).toEqual(expected === 2 ? ['interrupted'] : []);
});
