import { expect, it } from 'vitest';
import { output } from '../../../test/rigs/store-rig.ts';
import type { StoredOutput } from '../store.ts';
import { cutToTail } from './tail.ts';

it.each([
  [0, 'abcdef', 7],
  [1, 'bcdef', 8],
  [5, 'f', 12],
])('a chunk without its first %d bytes is %j, from offset %d', (surplus, text, offset) => {
  const chunk = output('abcdef', 7) as StoredOutput;
  const cut = cutToTail(chunk, surplus);
  expect(new TextDecoder().decode(cut.bytes)).toBe(text);
  expect(cut).toEqual({ ...chunk, offset, bytes: cut.bytes });
});
