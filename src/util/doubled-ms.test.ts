import { expect, it } from 'vitest';
import { doubledMs } from './doubled-ms.ts';

it.each([
  [0, 100],
  [1, 200],
  [4, 1_600],
  [6, 5_000],
  [5_000, 5_000],
])('after %d tries is %d ms', (tries, pause) => {
  expect(doubledMs(tries, 100, 5_000)).toBe(pause);
});
