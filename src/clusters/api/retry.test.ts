import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { ClusterLost } from './api-error.ts';
import { lostAfterMs, retryTransient } from './retry.ts';

const forever = new AbortController().signal;

test('a failure after a long success is retried', async () => {
  const clock = new ManualClock();
  let tries = 0;
  const done = retryTransient(clock, forever, async () => {
    if (tries++ > 0) return 'done';
    await clock.sleep(2 * lostAfterMs);
    throw new ClusterLost('the connection broke');
  });
  await clock.advance(2 * lostAfterMs);
  await clock.advance(10_000);
  expect(await done).toBe('done');
});

test('a permanent failure is given up', async () => {
  const clock = new ManualClock();
  const lost = new ClusterLost('connection refused');
  const began = clock.now();
  let wrong: unknown;
  retryTransient(clock, forever, async () => await Promise.reject(lost)).catch((error: unknown) => (wrong = error));
  while (wrong === undefined) {
    await clock.untilSleeping();
    await clock.advance(10_000);
  }
  expect(wrong).toBe(lost);
  expect(clock.now() - began).toBeGreaterThan(lostAfterMs);
});
