import { expect, test } from 'vitest';
import { remembered } from './remembered.ts';

test('makes a value once, and again after an error', async () => {
  const known = new Map<string, Promise<number>>();
  let made = 0;
  const make = async () => {
    await Promise.resolve();
    if (++made === 1) throw new Error('refused');
    return made;
  };
  await expect(remembered(known, 'a', make)).rejects.toThrow('refused');
  expect(await Promise.all([remembered(known, 'a', make), remembered(known, 'a', make)])).toEqual([2, 2]);
});

test('forgets the value that was made first if there are too many', async () => {
  const known = new Map<string, Promise<string>>();
  for (const key of ['a', 'b', 'a', 'c']) await remembered(known, key, async () => await Promise.resolve(key), 2);
  expect([...known.keys()]).toEqual(['b', 'c']);
});
