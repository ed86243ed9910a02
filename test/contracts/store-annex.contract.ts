/** The contract of annex events and of the feed. */
import { describe, expect, it } from 'vitest';
import type { AnnexEvent } from '../../src/events/annex-event.ts';
import type { StoredEvent } from '../../src/events/event.ts';
import { foldRun } from '../../src/events/run-state.ts';
import type { RunId } from '../../src/model/ids.ts';
import type { FeedCursor, RunChange, Store } from '../../src/store/store.ts';
import { collect, createRun, finished, newRunId, noted, output, queued, started } from '../rigs/store-rig.ts';
import { openStores } from '../rigs/open-stores.ts';
import type { StoreRig } from '../rigs/store-rig.ts';

const never = new AbortController().signal;

function seqOf(result: IteratorResult<StoredEvent>): number {
  return result.done === true ? 0 : result.value.seq;
}

export function testStoreAnnex(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`${name} takes annex events`, () => {
    let rig: StoreRig;
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ rig, store, other } = opened));

    const note = (message: string): AnnexEvent => ({ type: 'note.added', by: 'ada', level: 'info', message });

    it('in the sequence of the owner, with the epoch that may append', async () => {
      const run = await createRun(store);
      await run.log.append([queued()]);
      const annex = await other.annex(run.id);
      expect(await annex.append([note('a'), note('b')])).toBe(3);
      expect(await run.log.append([output('c')])).toBe(4);
      rig.processes.kill('one');
      const taken = await other.own(run.id);
      expect(taken.status).toBe('owned');
      expect(await annex.append([note('d')])).toBe(5);
      expect(await annex.append([])).toBe(5);
      const events = await collect(run.log.follow(0, never, 'now'));
      expect(events.map(({ seq, epoch, type }) => [seq, epoch, type])).toEqual([
        [1, 1, 'run.queued'],
        [2, 1, 'note.added'],
        [3, 1, 'note.added'],
        [4, 1, 'output'],
        [5, 2, 'note.added'],
      ]);
      expect(events[1]).toMatchObject({ ...note('a'), at: rig.processes.now, run: run.id });
    });

    it('after the end of the run, for followers that wait for ever and for those that come late', async () => {
      const run = await createRun(store);
      await run.log.append([queued(), finished()]);
      await run.release();
      const reader = await store.read(run.id);
      const waiting = reader.follow(2, never, 'forever')[Symbol.asyncIterator]();
      const next = waiting.next();
      const annex = await other.annex(run.id);
      await annex.append([note('a')]);
      expect((await next).value).toMatchObject({ seq: 3, message: 'a' });
      await waiting.return?.();
      expect(await collect(reader.follow(0, never, 'finished'))).toHaveLength(2);
      expect(await collect(reader.follow(0, never, 'now'))).toHaveLength(3);
      const state = await foldRun(reader.follow(0, never, 'now', 'structural'));
      expect(state).toMatchObject({ seq: 3, status: 'succeeded', notes: [{ message: 'a', by: 'ada' }] });
      expect(await store.summary(run.id)).toMatchObject({ status: 'succeeded' });
      await annex[Symbol.asyncDispose]();
    });

    it('wake a follower in the process of the owner, which has other events in memory', async () => {
      const run = await createRun(store);
      await run.log.append([queued()]);
      const annex = await other.annex(run.id);
      const following = run.log.follow(0, never, 'forever')[Symbol.asyncIterator]();
      await following.next();
      const seen: number[] = [];
      for (let index = 0; index < 5; index++) {
        const next = following.next();
        await annex.append([note('a')]);
        await run.log.append([noted('b')]);
        seen.push(seqOf(await next), seqOf(await following.next()));
      }
      expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      await following.return?.();
    });

    it('from several processes at once while the owner appends: no gap, no repeat, everything there', async () => {
      const run = await createRun(store);
      const annexes = await Promise.all(
        ['two', 'three', 'four', 'one'].map(async (process) => await (await rig.open(process)).annex(run.id)),
      );
      const numbers: number[] = [];
      await Promise.all([
        ...annexes.map(async (annex, which) => {
          for (let index = 0; index < 40; index++) numbers.push(await annex.append([note(`${which} ${index}`)]));
        }),
        (async () => {
          for (let index = 0; index < 40; index++) numbers.push(await run.log.append([noted(`owner ${index}`)]));
        })(),
      ]);
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      const events = await collect((await other.read(run.id)).follow(0, never, 'now'));
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      for (const writer of ['0', '1', '2', '3', 'owner']) {
        const own = events.flatMap((event) =>
          'message' in event && event.message?.startsWith(`${writer} `) ? [event.message] : [],
        );
        expect(own).toEqual(Array.from({ length: 40 }, (_, index) => `${writer} ${index}`));
      }
    });

    it('in the order of the calls, if they are not awaited', async () => {
      const run = await createRun(store);
      await using annex = await other.annex(run.id);
      const calls = [[note('a'), note('b')], [note('c')], [note('d'), note('e')]].map(
        async (events) => await annex.append(events),
      );
      expect(await Promise.all(calls)).toEqual([2, 3, 5]);
      const events = await collect(run.log.follow(0, never, 'now'));
      expect(events.map((event) => ('message' in event ? event.message : ''))).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it('of annex types only, and of the rest none', async () => {
      const run = await createRun(store);
      const annex = await other.annex(run.id);
      await expect(annex.append([note('a'), finished() as never])).rejects.toThrow('run.finished');
      expect(await run.log.append([])).toBe(0);
    });

    it('not of a run that is missing, or was removed since', async () => {
      await expect(store.annex(newRunId())).rejects.toMatchObject({ code: 'not-found' });
      const run = await createRun(store);
      await run.log.append([finished()]);
      await run.release();
      const annex = await other.annex(run.id);
      await annex.append([note('a')]);
      await store.prune({ now: rig.processes.now, runs: [run.id] });
      await expect(annex.append([note('b')])).rejects.toMatchObject({ name: 'StoreError', code: 'not-found' });
      await annex[Symbol.asyncDispose]();
    });

    it('which fold to receipts', async () => {
      const run = await createRun(store);
      await run.log.append([queued(), finished()]);
      const annex = await other.annex(run.id);
      const delivery = { delivery: 'd1' };
      await annex.append([
        { type: 'delivery.planned', ...delivery, name: 'checks', driver: 'github', target: 'ada/shop', about: 2 },
        {
          ...{ type: 'delivery.attempted', ...delivery, attempt: 1, observed: 2, result: 'tryLater', tookMs: 30 },
          ...{ reason: 'timeout', nextAt: 7 },
        },
      ]);
      await annex.append([
        {
          ...{ type: 'delivery.attempted', ...delivery, attempt: 2, observed: 2, result: 'delivered', tookMs: 20 },
          ...{ externalId: '77', url: 'https://forge/77' },
        },
        { type: 'delivery.finished', ...delivery, outcome: 'delivered' },
      ]);
      const state = await foldRun(run.log.follow(0, never, 'now'));
      expect(state.deliveries).toMatchObject([
        {
          ...delivery,
          attempts: [
            { attempt: 1, result: 'tryLater', reason: 'timeout', nextAt: 7 },
            { attempt: 2, result: 'delivered' },
          ],
          ...{ outcome: 'delivered', externalId: '77', url: 'https://forge/77', about: 2 },
        },
      ]);
    });
  });

  describe(`${name} has a feed`, () => {
    let rig: StoreRig;
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ rig, store, other } = opened));

    /** Reads notices until each of these runs has events up to its number. */
    async function until(from: Store, after: FeedCursor, wanted: ReadonlyMap<RunId, number>): Promise<RunChange[]> {
      const seen: RunChange[] = [];
      const reached = new Map<RunId, number>();
      for await (const change of from.feed.changed(after, never)) {
        seen.push(change);
        reached.set(change.run, change.seq);
        if ([...wanted].every(([run, seq]) => (reached.get(run) ?? 0) >= seq)) break;
      }
      return seen;
    }

    it('of runs with events, and then of those that change, with cursors that increase', async () => {
      const [a, b, silent] = [await createRun(store), await createRun(store), await createRun(store)];
      await a.log.append([queued(), started()]);
      await b.log.append([queued()]);
      const first = await until(
        other,
        0,
        new Map([
          [a.id, 2],
          [b.id, 1],
        ]),
      );
      const { cursor } = first.at(-1) ?? { cursor: 0 };
      const next = until(other, cursor, new Map([[a.id, 3]]));
      await a.log.append([finished()]);
      const all = [...first, ...(await next)];
      expect(all.map((change) => change.cursor)).toEqual(all.map((change) => change.cursor).toSorted((x, y) => x - y));
      expect(all.map(({ run }) => run)).not.toContain(silent.id);
      expect((await next).map(({ run }) => run)).toEqual([a.id]);
    });

    it('whose cursor holds in other processes, and that gives one notice for many events', async () => {
      const run = await createRun(store);
      for (let index = 0; index < 300; index++) await run.log.append([noted(String(index))]);
      await run.release();
      const late = await until(await rig.open('three'), 0, new Map([[run.id, 300]]));
      expect(late).toHaveLength(1);
      const another = await createRun(other);
      await another.log.append([queued()]);
      const { cursor } = late[0] ?? { cursor: 0 };
      expect((await until(store, cursor, new Map([[another.id, 1]]))).map(({ run: id }) => id)).toEqual([another.id]);
    });

    it('that tells of annex events, also after the end of a run', async () => {
      const run = await createRun(store);
      await run.log.append([finished()]);
      await run.release();
      const [before] = await until(other, 0, new Map([[run.id, 1]]));
      const next = until(other, before?.cursor ?? 0, new Map([[run.id, 2]]));
      const annex = await store.annex(run.id);
      await annex.append([{ type: 'note.added', by: 'ada', level: 'info', message: 'a' }]);
      expect(await next).toHaveLength(1);
      await annex[Symbol.asyncDispose]();
    });

    it('that ends on its signal, and when it is left while it waits', async () => {
      const stop = new AbortController();
      const ended = collect(store.feed.changed(0, stop.signal));
      stop.abort();
      expect(await ended).toEqual([]);
      expect(await collect(store.feed.changed(0, AbortSignal.abort()))).toEqual([]);
      const waiting = store.feed.changed(0, never)[Symbol.asyncIterator]();
      const next = waiting.next();
      await waiting.return?.();
      expect((await next).done).toBe(true);
    });

    it('that forgets removed runs, and never uses a cursor again', async () => {
      const run = await createRun(store);
      await run.log.append([finished()]);
      await run.release();
      const [told] = await until(other, 0, new Map([[run.id, 1]]));
      await other.prune({ now: rig.processes.now, runs: [run.id] });
      const next = await createRun(store);
      await next.log.append([queued()]);
      const seen = await until(other, 0, new Map([[next.id, 1]]));
      expect(seen.map(({ run: id }) => id)).toEqual([next.id]);
      expect(seen[0]?.cursor).toBeGreaterThan(told?.cursor ?? Infinity);
    });

    it('that tells of what a taken over run gets', async () => {
      const run = await createRun(store);
      await run.log.append([queued()]);
      rig.processes.kill('one');
      const taken = await other.own(run.id);
      if (taken.status !== 'owned') throw new Error(taken.status);
      await taken.run.log.append([noted('b')]);
      expect((await until(store, 0, new Map([[run.id, 2]]))).at(-1)).toMatchObject({ run: run.id, seq: 2 });
    });
  });
}
