import { expect, it } from 'vitest';
import { memoryRig } from '../../../test/rigs/memory-rig.ts';
import { sqliteRig } from '../../../test/rigs/sqlite-rig.ts';
import { createRun } from './create-run.ts';

const year = 31_536_000_000;

it.each([memoryRig, sqliteRig])(
  'runs are ordered by creation, even if a clock was ahead for one of them (%#)',
  async (open) => {
    await using rig = await open();
    const store = await rig.open('one');
    const { processes } = rig;
    const machine = { store: async () => store, clock: processes.clock };
    const made = [];
    for (const ahead of [0, 10 * year, 0, -20 * year, 1]) {
      processes.now = 1_800_000_000_000 + ahead;
      made.push(await createRun(machine, made.length % 2 === 0 ? '/a' : '/b'));
    }
    const newestFirst = made.map(({ id }) => id).toReversed();
    expect((await store.runs({})).map(({ id }) => id)).toEqual(newestFirst);
    expect((await store.runs({ project: '/a' })).map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(await store.resolve('latest', undefined)).toEqual({ status: 'found', run: newestFirst[0] });
    expect((await store.runs({})).map(({ createdAt }) => createdAt)).toContain(1_800_000_000_000 + 10 * year);
  },
);
