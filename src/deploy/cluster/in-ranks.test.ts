import { expect, test } from 'vitest';
import { inRanks } from './in-ranks.ts';

test('groups by rank, the lowest first, and keeps the order in each', () => {
  expect(inRanks(['ccc', 'a', 'bb', 'd'], ({ length }) => length)).toEqual([['a', 'd'], ['bb'], ['ccc']]);
  expect(inRanks(['a', 'bb'], ({ length }) => -length)).toEqual([['bb'], ['a']]);
  expect(inRanks([], () => 0)).toEqual([]);
});
