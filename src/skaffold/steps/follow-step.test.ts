import { expect, test } from 'vitest';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { StepWork } from '../../steps/step-runner.ts';
import { aborted } from '../../util/abort.ts';
import { together } from './follow-step.ts';

const failure = { code: 'forbidden', detail: 'no' } as const;

/** A part that ends a turn after its signal. */
function follower(): { readonly part: (work: StepWork) => Promise<Outcome>; readonly hasEnded: () => boolean } {
  let hasEnded = false;
  const part = async ({ signal }: StepWork) => {
    await aborted(signal);
    await Promise.resolve();
    hasEnded = true;
    return succeeded(undefined);
  };
  return { part, hasEnded: () => hasEnded };
}

const workUntil = (signal: AbortSignal) => ({ signal }) as StepWork;

test('a part that fails ends the others', async () => {
  const { part, hasEnded } = follower();
  const fails = async () => await Promise.resolve(failed(failure));
  expect(await together(workUntil(new AbortController().signal), [part, fails])).toEqual(failed(failure));
  expect(hasEnded()).toBe(true);
});

test('a part that throws ends the others before the error is thrown', async () => {
  const { part, hasEnded } = follower();
  const throws = async () => await Promise.reject(new TypeError('a bug'));
  await expect(together(workUntil(new AbortController().signal), [part, throws])).rejects.toThrow('a bug');
  expect(hasEnded()).toBe(true);
});

test('the signal is success', async () => {
  const stop = new AbortController();
  const outcome = together(workUntil(stop.signal), [follower().part, follower().part]);
  stop.abort();
  expect(await outcome).toEqual(succeeded(undefined));
});
