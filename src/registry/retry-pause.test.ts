import { expect, test } from 'vitest';
import { retryAfterMs, retryPauseMs } from './retry-pause.ts';

test.each([
  [0, undefined, 1, 250],
  [1, undefined, 1, 500],
  [2, undefined, 0.5, 500],
  [3, undefined, 1, undefined],
  [0, 7_000, 1, 7_000],
  [0, 100, 1, 250],
  [0, 60_000, 0, 60_000],
  [0, 60_001, 0, undefined],
])('after %i retries, asked for %s ms, random %d: %s', (retries, asked, random, expected) => {
  expect(retryPauseMs(retries, asked, random)).toBe(expected);
});

test.each([
  [undefined, undefined],
  ['7', 7_000],
  [' 0 ', 0],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After %j', (header, expected) => {
  expect(retryAfterMs(header, 10_000)).toBe(expected);
});
