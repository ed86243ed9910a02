/** The contract of retention within a run. */
import { describe, expect, it } from 'vitest';
import { foldRun } from '../../src/events/run-state.ts';
import { storedState } from '../../src/events/stored-state.ts';
import type { Seq, StoredEvent } from '../../src/events/event.ts';
import type { OwnedRun, RunReader, Store } from '../../src/store/store.ts';
import { collect, createRun, finished, firstStep, noted, output, planned, queued, started } from '../rigs/store-rig.ts';
import { stepFinished, stepOf, stepStarted, told } from '../rigs/store-rig.ts';
import { openStores } from '../rigs/open-stores.ts';
import type { StoreRig } from '../rigs/store-rig.ts';

const never = new AbortController().signal;

export function testStoreFloor(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`${name} cuts a log`, () => {
    let rig: StoreRig;
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ rig, store, other } = opened));

    const read = async (reader: RunReader, after = 0) => await collect(reader.follow(after, never, 'now'));

    async function stateAt(run: OwnedRun, seq: Seq): Promise<object> {
      const events = await read(run.log);
      return storedState(await foldRun(of(events.filter((event) => event.seq <= seq))));
    }

    async function* of(events: readonly StoredEvent[]): AsyncIterable<StoredEvent> {
      for (const event of events) yield await Promise.resolve(event);
    }

    async function runWithSteps(): Promise<OwnedRun> {
      const run = await createRun(store);
      await run.log.append([queued(), started(), planned(2), stepStarted(), output('a'), output('b', 1), noted('c')]);
      await run.log.append([stepFinished(), stepStarted(stepOf(2)), output('d', 0, stepOf(2))]);
      return run;
    }

    it('with a floor in place of what it drops, which folds to the same state', async () => {
      const run = await runWithSteps();
      const before = await foldRun(run.log.follow(0, never, 'now'));
      await run.log.cut(6, await stateAt(run, 6));
      for (const reader of [run.log, await other.read(run.id), await (await rig.open('three')).read(run.id)]) {
        expect((await read(reader)).map(told)).toEqual([
          ...['6 log.floor', '7 c', '8 step.finished', '9 step.started', '10 d'],
        ]);
        expect(await foldRun(reader.follow(0, never, 'now'))).toEqual({ ...before, floor: 6 });
        // A reader of a dropped event is told the oldest position that is kept.
        expect((await read(reader, 2))[0]).toMatchObject({ seq: 6, type: 'log.floor' });
        expect((await read(reader, 6)).map(({ seq }) => seq)).toEqual([7, 8, 9, 10]);
        expect((await collect(reader.output({ step: firstStep }, never))).map(told)).toEqual([]);
        expect((await collect(reader.output({}, never))).map(told)).toEqual(['10 d']);
        const structural = await collect(reader.follow(0, never, 'now', 'structural'));
        expect(structural.map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
      }
      expect(await run.log.append([finished()])).toBe(11);
      expect(await other.summary(run.id)).toMatchObject({
        status: 'succeeded',
        steps: { succeeded: 1, inProgress: 1 },
      });
    });

    it('more than once, at its end too', async () => {
      const run = await runWithSteps();
      await run.log.cut(3, await stateAt(run, 3));
      await run.log.cut(5, await stateAt(run, 5));
      await run.log.cut(10, await stateAt(run, 10));
      expect((await read(await other.read(run.id))).map(told)).toEqual(['10 log.floor']);
      expect(await run.log.append([noted('e')])).toBe(11);
      expect(await foldRun((await other.read(run.id)).follow(0, never, 'now'))).toMatchObject({ seq: 11, floor: 10 });
    });

    it('of much output, without a gap but before the floor, for readers at any position', async () => {
      const run = await createRun(store);
      await run.log.append([queued(), started(), planned(1), stepStarted()]);
      const chunk = new Uint8Array(40_000);
      for (let index = 0; index < 60; index++)
        await run.log.append(Array.from({ length: 20 }, (_, n) => (n === 9 ? output(chunk) : noted(String(index)))));
      const reader = await other.read(run.id);
      const state = await stateAt(run, 1_000);
      const seen: StoredEvent[][] = [];
      let cutting = true;
      const reading = (async () => {
        while (cutting) seen.push(await read(reader, (seen.length * 100) % 1_100));
      })();
      await run.log.cut(1_000, state);
      cutting = false;
      await reading;
      // Readers may share pages that were read before the cut.
      seen.push(await read(reader), await read(await (await rig.open('three')).read(run.id)));
      for (const events of seen) {
        const gaps = events.filter(({ seq }, index) => index > 0 && seq !== (events[index - 1]?.seq ?? 0) + 1);
        expect(gaps.every(({ type }) => type === 'log.floor')).toBe(true);
        expect(events.at(-1)?.seq).toBe(1_204);
      }
      expect(seen.at(-1)?.map(({ seq }) => seq)).toEqual(Array.from({ length: 205 }, (_, index) => index + 1_000));
    });

    it('only as its owner, and only at an event', async () => {
      const run = await runWithSteps();
      const state = await stateAt(run, 6);
      await expect(run.log.cut(99, state)).rejects.toThrow(RangeError);
      rig.processes.kill('one');
      const taken = await other.own(run.id);
      if (taken.status !== 'owned') throw new Error(taken.status);
      await expect(run.log.cut(6, state)).rejects.toMatchObject({ code: 'not-owner' });
      expect(await read(taken.run.log)).toHaveLength(10);
      await taken.run.log.cut(6, state);
      await taken.run.release();
      await expect(taken.run.log.cut(7, state)).rejects.toMatchObject({ code: 'not-owner' });
      const next = await store.own(run.id);
      if (next.status !== 'owned') throw new Error(next.status);
      expect(await foldRun(next.run.log.follow(0, never, 'now'))).toMatchObject({ name: 'build', seq: 10 });
    });

    it('beside annex events', async () => {
      const run = await runWithSteps();
      await using annex = await other.annex(run.id);
      await annex.append([{ type: 'note.added', by: 'ada', level: 'info', message: 'a' }]);
      await run.log.cut(11, await stateAt(run, 11));
      expect(await annex.append([{ type: 'note.added', by: 'ada', level: 'info', message: 'b' }])).toBe(12);
      const state = await foldRun(run.log.follow(0, never, 'now'));
      expect(state.notes.map(({ message }) => message)).toEqual(['c', 'a', 'b']);
    });
  });
}
