import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';
import { nextTurn } from './next-turn.ts';

test('acts on at most so many items at a time, and keeps their order', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([3, 1, 2, 0], 2, async (turns, index) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    running--;
    return `${index}:${turns}`;
  });
  expect(results).toEqual(['0:3', '1:1', '2:2', '3:0']);
  expect(most).toBe(2);
  expect(await inParallel([], 2, async () => await Promise.resolve(1))).toEqual([]);
});

test('after an error it starts no more, and waits for those that run', async () => {
  const ended: number[] = [];
  const all = inParallel([1, 2, 3, 4], 2, async (item) => {
    await nextTurn();
    if (item === 1) throw new Error('first');
    await nextTurn();
    ended.push(item);
  });
  await expect(all).rejects.toThrow('first');
  expect(ended).toEqual([2]);
});
