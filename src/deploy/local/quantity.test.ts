import { expect, it } from 'vitest';
import { parseQuantity } from './quantity.ts';

it.each<[string, number | undefined]>([
  ['1', 1],
  ['0.5', 0.5],
  ['250m', 0.25],
  ['64Mi', 64 * 2 ** 20],
  ['1G', 1e9],
  ['1e3', 1000],
  ['1E', 1e18],
  ['1Ki', 1024],
  ['x', undefined],
  ['1Xi', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(parseQuantity(text)).toBe(expected);
});
