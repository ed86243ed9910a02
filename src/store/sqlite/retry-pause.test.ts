import { expect, it } from 'vitest';
import { retryPauseMs } from './retry-pause.ts';

it.each([
  [0, 1],
  [16, 1],
  [40, 2],
  [160, 10],
  [400, 25],
  [100_000, 25],
])('after %d ms the pause is %d ms', (waited, pause) => {
  expect(retryPauseMs(waited)).toBe(pause);
});

it('allows at least 15 attempts within the first 60 ms of waiting', () => {
  let attempts = 0;
  for (let waited = 0; waited < 60; waited += retryPauseMs(waited) + 2) attempts += 1;
  expect(attempts).toBeGreaterThanOrEqual(15);
});
