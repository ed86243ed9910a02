import { expect, it } from 'vitest';
import { ManualClock } from '../../test/rigs/manual-clock.ts';
import { settlesWithin } from './settles-within.ts';

const never = new Promise<void>(() => undefined);

it('returns true if the promise is fulfilled in time, and ends the sleep', async () => {
  const clock = new ManualClock();
  expect(await settlesWithin(Promise.resolve('a'), 10, clock)).toBe(true);
  expect(clock.sleeping).toBe(0);
});

it('returns false once the limit is over', async () => {
  const clock = new ManualClock();
  const late = settlesWithin(never, 10, clock);
  await clock.advance(10);
  expect(await late).toBe(false);
});

it.each([0, 1])('returns false once one of the signals is aborted: number %d', async (which) => {
  const controllers = [new AbortController(), new AbortController()];
  const stopped = settlesWithin(never, 10, new ManualClock(), undefined, ...controllers.map(({ signal }) => signal));
  controllers[which]?.abort(new Error('stop'));
  expect(await stopped).toBe(false);
});

it('rejects with the promise in time, and ignores a later rejection', async () => {
  await expect(settlesWithin(Promise.reject(new Error('no')), 10, new ManualClock())).rejects.toThrow('no');
  const clock = new ManualClock();
  let fail: (error: Error) => void = () => undefined;
  const late = settlesWithin(new Promise((_, reject) => (fail = reject)), 10, clock);
  await clock.advance(10);
  expect(await late).toBe(false);
  fail(new Error('late'));
});

it('with no time gives a promise the current turn', async () => {
  const clock = new ManualClock();
  expect(await settlesWithin(Promise.resolve(), 0, clock)).toBe(true);
  expect(await settlesWithin(never, 0, clock)).toBe(false);
});
