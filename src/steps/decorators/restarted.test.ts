import { expect, test } from 'vitest';
import type { Failure } from '../../model/outcome.ts';
import type { StepRunner, StepWork } from '../step-runner.ts';
import { restarted } from './restarted.ts';

const builds = new Set(['docker']);

/** Runs a step of a kind; which attempt did the work, and what was said of the one before. */
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
  ['what nobody has begun', 'docker', {}, 1],
  ['what another process has begun', 'docker', { begun: { cursors: {} } }, 2],
  ['what can be gone on with', 'container', { begun: { cursors: {} } }, 1],
  ['what is to be stopped', 'docker', { begun: { cursors: {} }, signal: AbortSignal.abort() }, 1],
])('%s', async (_, kind, more, expected) => {
  const { attempt, failures } = await run(kind, more);
  expect(attempt).toBe(expected);
  expect(failures.map(({ code }) => code)).toEqual(expected === 2 ? ['runtime-lost'] : []);
});
