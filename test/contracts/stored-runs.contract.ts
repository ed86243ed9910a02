/** The contract of stores: runs as others find them, in lists, by reference, and after pruning. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRunId } from '../../src/model/ids.ts';
import type { OwnedRun, Store } from '../../src/store/store.ts';
import { openStores } from '../rigs/open-stores.ts';
import {
  collect,
  createRun,
  finished,
  newRunId,
  planned,
  queued,
  started,
  stepFinished,
  stepOf,
} from '../rigs/store-rig.ts';
import { stepStarted, type StoreRig } from '../rigs/store-rig.ts';

const never = new AbortController().signal;

export function testStoredRuns(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`${name} finds runs`, () => {
    let rig: StoreRig;
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ rig, store, other } = opened));

    describe('runs', () => {
      it('are numbered by project and listed newest first, with their current status', async () => {
        const first = await createRun(store, '/a');
        const second = await createRun(store, '/b');
        const third = await createRun(other, '/a');
        expect([first.number, second.number, third.number]).toEqual([1, 1, 2]);
        await first.log.append([
          queued('first'),
          started(),
          planned(3),
          stepStarted(),
          stepFinished(),
          stepStarted(stepOf(2)),
        ]);
        await first.log.append([
          stepFinished(stepOf(2), { status: 'failed', failure: { code: 'exit-nonzero', exitCode: 1 } }),
          stepFinished(stepOf(3), { status: 'cancelled', because: 'siblingFailed' }, 0),
          finished('failed'),
        ]);
        await third.log.append([queued('third'), started(), planned(2), stepStarted()]);
        await third.release();
        await second.log.append([queued('second')]);
        const all = await store.runs({});
        expect(all.map(({ name, status, number }) => [name, status, number])).toEqual([
          ['third', 'interrupted', 2],
          ['second', 'queued', 1],
          ['first', 'failed', 1],
        ]);
        expect(all[2]).toMatchObject({
          id: first.id,
          project: '/a',
          runtime: 'fake',
          createdAt: 1_700_000_000_000,
          startedAt: 1_700_000_000_001,
          finishedAt: 1_700_000_000_009,
          owner: rig.processes.identity('one'),
          steps: { succeeded: 1, failed: 1, cancelled: 1 },
        });
        expect(all[0]?.steps).toEqual({ notStarted: 1, inProgress: 1 });
      });

      it('are selected by project, status, age and count', async () => {
        const runs: OwnedRun[] = [];
        for (let index = 0; index < 6; index++) runs.push(await createRun(store, index % 2 === 0 ? '/even' : '/odd'));
        await runs[1]?.log.append([finished('failed')]);
        await runs[4]?.log.append([finished('failed')]);
        const numbers = async (query: Parameters<Store['runs']>[0]) =>
          (await other.runs(query)).map(({ id }) => runs.findIndex((run) => run.id === id));
        expect(await numbers({ project: '/odd' })).toEqual([5, 3, 1]);
        expect(await numbers({ statuses: ['failed'] })).toEqual([4, 1]);
        expect(await numbers({ statuses: ['failed', 'queued'], project: '/odd' })).toEqual([5, 3, 1]);
        expect(await numbers({ statuses: [] })).toEqual([]);
        expect(await numbers({ statuses: ['failed'], limit: 1 })).toEqual([4]);
        expect(await numbers({ limit: 2 })).toEqual([5, 4]);
        expect(await numbers({ limit: 2, before: runs[4]?.id ?? newRunId() })).toEqual([3, 2]);
        expect(await numbers({ limit: 0 })).toEqual([]);
      });

      it('of a dead owner are listed as interrupted, with all their progress', async () => {
        const run = await createRun(store);
        await run.log.append([queued(), started(), planned(2)]);
        await run.log.append([stepStarted()]);
        await run.log.append([stepFinished()]);
        rig.processes.kill('one');
        expect(await other.runs({})).toMatchObject([{ status: 'interrupted', steps: { notStarted: 1, succeeded: 1 } }]);
        expect(await other.summary(run.id)).toMatchObject({ id: run.id, status: 'interrupted' });
        expect(await other.summary(newRunId())).toBeUndefined();
        const taken = await other.own(run.id);
        if (taken.status !== 'owned') throw new Error(taken.status);
        expect(await other.runs({})).toMatchObject([{ status: 'inProgress' }]);
        await taken.run.log.append([stepStarted(stepOf(2)), stepFinished(stepOf(2)), finished()]);
        expect(await other.runs({})).toMatchObject([{ status: 'succeeded', steps: { succeeded: 2 } }]);
      });

      it('that do not exist cannot be read or owned', async () => {
        await expect(store.read(newRunId())).rejects.toMatchObject({ name: 'StoreError', code: 'not-found' });
        await expect(store.own(newRunId())).rejects.toMatchObject({ code: 'not-found' });
      });

      it('have a folder', async () => {
        const run = await createRun(store);
        expect(existsSync(store.folder(run.id))).toBe(true);
        expect(other.folder(run.id)).toBe(store.folder(run.id));
      });

      it('belong to a store with one id for all processes', async () => {
        expect(store.id).toBe(other.id);
        expect(store.id).not.toBe('');
      });
    });

    it('of a project are listed by number, page by page, even if a clock was ahead', async () => {
      const future = makeRunId(4_000_000_000_000, new Uint8Array(10));
      for (const id of [newRunId(), future, newRunId(), newRunId()])
        await store.create({ id, project: '/mixed', createdAt: 1 });
      const numbers = async (query: Parameters<Store['runs']>[0]) =>
        (await other.runs({ project: '/mixed', ...query })).map(({ number }) => number);
      expect(await numbers({})).toEqual([4, 3, 2, 1]);
      expect(await numbers({ limit: 1 })).toEqual([4]);
      expect(await numbers({ before: future })).toEqual([1]);
      expect((await other.resolve('latest', '/mixed')).status === 'found').toBe(true);
    });

    describe('references', () => {
      it('are ids, prefixes, run numbers of the project, or latest', async () => {
        const [a1, b1, a2] = [await createRun(store, '/a'), await createRun(store, '/b'), await createRun(store, '/a')];
        const found = async (reference: string, project?: string) => {
          const resolved = await other.resolve(reference, project);
          return resolved.status === 'found' ? resolved.run : resolved.status;
        };
        expect(await found(a1.id)).toBe(a1.id);
        expect(await found(a1.id.toUpperCase())).toBe(a1.id);
        expect(await found(a1.id.slice(0, 20))).toBe(a1.id);
        expect(await found('2', '/a')).toBe(a2.id);
        expect(await found('#1', '/b')).toBe(b1.id);
        expect(await found('latest', '/a')).toBe(a2.id);
        expect(await found('latest', '/b')).toBe(b1.id);
        expect(await found('latest')).toBe(a2.id);
        expect(await found('2')).toBe(a2.id);
        expect(await found('3', '/a')).toBe('none');
        expect(await found('latest', '/c')).toBe('none');
        expect(await found(newRunId())).toBe('none');
        expect(await found(a1.id.slice(0, 3))).toBe('none');
        expect(await found('what')).toBe('none');
        expect(await found('')).toBe('none');
      });

      it('that match several runs are reported as ambiguous', async () => {
        const [a, b] = [await createRun(store, '/a'), await createRun(store, '/b')];
        expect(await store.resolve(a.id.slice(0, 4), '/a')).toEqual({ status: 'ambiguous', candidates: [b.id, a.id] });
        expect(await store.resolve('1', undefined)).toEqual({ status: 'ambiguous', candidates: [b.id, a.id] });
      });
    });

    describe('prune', () => {
      async function finishedRuns(count: number, project: string): Promise<OwnedRun[]> {
        const runs: OwnedRun[] = [];
        for (let index = 0; index < count; index++) {
          const run = await createRun(store, project);
          await run.log.append([queued(), finished()]);
          await run.release();
          runs.push(run);
        }
        return runs;
      }

      it('removes the oldest finished runs of a project, with folders and index entries', async () => {
        const [a, b] = [await finishedRuns(4, '/a'), await finishedRuns(1, '/b')];
        await writeFile(join(store.folder(a[0]?.id ?? newRunId()), 'snapshot'), 'x'.repeat(1_000));
        const now = rig.processes.now;
        const planned = await store.prune({ now, maxRunsPerProject: 2, dryRun: true });
        expect(await store.runs({})).toHaveLength(5);
        const pruned = await other.prune({ now, maxRunsPerProject: 2 });
        expect(pruned.removed.map(({ run }) => run)).toEqual(planned.removed.map(({ run }) => run));
        expect(pruned.removed.map(({ run, project, number }) => [run, project, number])).toEqual([
          [a[0]?.id, '/a', 1],
          [a[1]?.id, '/a', 2],
        ]);
        expect(pruned.kept).toBe(3);
        expect((await store.runs({})).map(({ id }) => id)).toEqual([b[0]?.id, a[3]?.id, a[2]?.id]);
        await expect(store.read(a[0]?.id ?? newRunId())).rejects.toMatchObject({ code: 'not-found' });
        expect((await createRun(store, '/a')).number).toBe(5);
      });

      it('by age and size never removes a run with a living owner, and an interrupted run only by name', async () => {
        const [old] = await finishedRuns(1, '/a');
        const driven = await createRun(store, '/a');
        const interrupted = await createRun(store, '/a');
        await interrupted.release();
        const now = rig.processes.now + 100_000;
        expect((await store.prune({ now, maxAgeMs: 200_000 })).removed).toEqual([]);
        expect((await store.prune({ now, maxAgeMs: 50_000, dryRun: true })).removed.map(({ run }) => run)).toEqual([
          old?.id,
        ]);
        expect((await store.prune({ now, maxBytes: 0 })).removed.map(({ run }) => run)).toEqual([old?.id]);
        expect((await store.prune({ now, runs: [driven.id, interrupted.id] })).removed.map(({ run }) => run)).toEqual([
          interrupted.id,
        ]);
        expect((await store.runs({})).map(({ id }) => id)).toEqual([driven.id]);
      });

      it('does not disturb readers of a run', async () => {
        const [run] = await finishedRuns(1, '/a');
        if (run === undefined) throw new Error('no run');
        const reader = await other.read(run.id);
        await store.prune({ now: rig.processes.now, runs: [run.id] });
        expect(await collect(reader.follow(0, never, 'finished'))).toHaveLength(2);
      });
    });
  });
}
