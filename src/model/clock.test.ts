import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('sleeps for longer than a timer of Node can', async () => {
  let awake = false;
  void systemClock.sleep(30 * 86_400_000).then(() => (awake = true));
  await vi.advanceTimersByTimeAsync(30 * 86_400_000 - 1);
  expect(awake).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(awake).toBe(true);
});
