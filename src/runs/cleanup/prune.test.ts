import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import type { Store } from '../../store/store.ts';
import { isDue, prune, pruneDaily } from './prune.ts';
import type { Machine } from '../machine.ts';

const day = 86_400_000;
const now = 1_800_000_000_000;

it.each<[string, number | undefined, boolean]>([
  ['never', undefined, true],
  ['just now', now, false],
  ['less than a day ago', now - day + 1, false],
  ['a day ago', now - day, true],
  ['by a clock that was ahead', now + 3_650 * day, true],
])('pruned %s', (_, last, due) => expect(isDue(last, now)).toBe(due));

/** Returns how often runs were pruned without a dry run. */
async function pruned(marker: string): Promise<number> {
  let times = 0;
  const store = {
    prune: async ({ dryRun }: { dryRun?: boolean }) => (
      (times += dryRun === true ? 0 : 1),
      { removed: [], kept: 0, bytes: 0, countedFrom: now }
    ),
  } as unknown as Store;
  const machine = {
    store: async () => store,
    places: { localWords: () => [] },
    files: { openCaches: async () => ({ list: async () => [] }) },
  } as unknown as Machine;
  await pruneDaily(machine, marker, { now });
  return times;
}

it('prunes once a day, even if the marker is in the future or cannot be written', async () => {
  using folder = temporaryFolder();
  const marker = join(folder.path, 'pruned');
  await writeFile(marker, '');
  await utimes(marker, now / 1_000, now / 1_000 - 3_600);
  expect(await pruned(marker)).toBe(0);
  await utimes(marker, now / 1_000, now / 1_000 + 315_360_000);
  expect(await pruned(marker)).toBe(1);
  expect(await pruned(join(folder.path, 'nowhere', 'pruned'))).toBe(1);
});

it('counts the age of caches from the time that the runs confirm, even if the clock is ahead', async () => {
  const removed: number[] = [];
  const cache = (usedAt: number) => ({ bytes: 1, usedAt, remove: async () => void removed.push(usedAt) });
  const caches = [cache(now - 40 * day), cache(now - 10 * day)];
  const store = { prune: async () => ({ removed: [], kept: 0, bytes: 0, countedFrom: now }) } as unknown as Store;
  const files = { openCaches: async () => ({ list: async () => caches }) };
  const machine = { store: async () => store, places: { localWords: () => [] }, files } as unknown as Machine;
  await prune(machine, { now: now + 3_650 * day, maxAgeMs: 30 * day });
  expect(removed).toEqual([now - 40 * day]);
});
