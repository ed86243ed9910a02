/** The contract of stores. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../src/events/event.ts';
import { makeRunId, type RunId } from '../../src/model/ids.ts';
import type { OwnedRun, Store } from '../../src/store/store.ts';
import {
  collect,
  createRun,
  finished,
  firstStep,
  newRunId,
  noted,
  output,
  planned,
  queued,
  started,
  stepFinished,
  stepOf,
  stepStarted,
  told,
} from '../rigs/store-rig.ts';
import { openStores } from '../rigs/open-stores.ts';
import type { StoreRig } from '../rigs/store-rig.ts';

const never = new AbortController().signal;

export function testStore(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`${name} fulfils the store contract`, () => {
    let rig: StoreRig;
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ rig, store, other } = opened));

    async function notes(run: OwnedRun, ...messages: string[]): Promise<void> {
      for (const message of messages) await run.log.append([noted(message)]);
    }

    /** Follows from another process; `reached` resolves after this many events. */
    async function following(from: Store, run: RunId, after = 0, until: 'finished' | 'forever' = 'forever') {
      const stop = new AbortController();
      const events: StoredEvent[] = [];
      const waits: { count: number; done: () => void }[] = [];
      const reader = await from.read(run);
      const ended = (async () => {
        for await (const event of reader.follow(after, stop.signal, until)) {
          events.push(event);
          for (const wait of waits) if (events.length >= wait.count) wait.done();
        }
      })();
      const reached = async (count: number) => {
        if (events.length < count) await new Promise<void>((done) => waits.push({ count, done }));
      };
      return { events, ended, reached, stop: () => stop.abort() };
    }

    describe('numbers', () => {
      it('numbers events of all types from 1 without gaps, and returns the last number', async () => {
        const run = await createRun(store);
        expect(await run.log.append([queued(), output('a')])).toBe(2);
        expect(await run.log.append([output('b', 1), noted('c'), output('d', 2)])).toBe(5);
        const events = await collect(run.log.follow(0, never, 'now'));
        expect(events.map(told)).toEqual(['1 run.queued', '2 a', '3 b', '4 c', '5 d']);
        expect(events.map(({ run: id, epoch }) => [id, epoch])).toEqual(Array.from({ length: 5 }, () => [run.id, 1]));
      });

      it('returns the last number for an empty append', async () => {
        const run = await createRun(store);
        expect(await run.log.append([])).toBe(0);
        await notes(run, 'a');
        expect(await run.log.append([])).toBe(1);
      });

      it('keeps the order of appends that are not awaited', async () => {
        const run = await createRun(store);
        const numbers = await Promise.all(
          Array.from({ length: 50 }, (_, index) => run.log.append([noted(String(index))])),
        );
        expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
        expect((await collect(run.log.follow(0, never, 'now'))).map(told)).toEqual(
          numbers.map((number) => `${number} ${number - 1}`),
        );
      });

      it('returns what was appended, byte for byte', async () => {
        const run = await createRun(store);
        const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
        const given = [
          queued('näme \u2603'),
          output(bytes),
          { ...output('x'), from: { workload: 'w', container: 'c' } } as const,
          { ...output('y'), from: { engine: true } } as const,
          output(new Uint8Array(0)),
        ];
        await run.log.append(given);
        const events = await collect(run.log.follow(0, never, 'now'));
        expect(events.map(({ run: _run, epoch: _epoch, seq: _seq, ...event }) => event)).toEqual(given);
      });
    });

    describe('followers', () => {
      it('see the same events whether they start before the first or after the last', async () => {
        const run = await createRun(store);
        const early = await following(other, run.id, 0, 'finished');
        await run.log.append([queued(), started()]);
        await notes(run, 'a', 'b');
        await run.log.append([output('c'), finished()]);
        await early.ended;
        const late = await following(other, run.id, 0, 'finished');
        await late.ended;
        expect(early.events).toEqual(late.events);
        expect(late.events).toHaveLength(6);
      });

      it('in the process of the owner receive new events without a gap', async () => {
        const run = await createRun(store);
        await notes(run, 'a', 'b');
        const follower = await following(store, run.id, 1);
        await follower.reached(1);
        await notes(run, 'c');
        await follower.reached(2);
        follower.stop();
        await follower.ended;
        expect(follower.events.map(told)).toEqual(['2 b', '3 c']);
      });

      it('of another process are woken by new events', async () => {
        const run = await createRun(store);
        const follower = await following(other, run.id);
        for (const [index, message] of ['a', 'b', 'c'].entries()) {
          await notes(run, message);
          await follower.reached(index + 1);
        }
        follower.stop();
        await follower.ended;
        expect(follower.events.map(told)).toEqual(['1 a', '2 b', '3 c']);
      });

      it('until `now` end with the last event stored at the call', async () => {
        const run = await createRun(store);
        await notes(run, 'a', 'b');
        const events = run.log.follow(0, never, 'now');
        await notes(run, 'c');
        expect((await collect(events)).map(told)).toEqual(['1 a', '2 b']);
        expect(await collect(run.log.follow(3, never, 'now'))).toEqual([]);
        expect(await collect(run.log.follow(99, never, 'now'))).toEqual([]);
      });

      it('of structural events receive no output', async () => {
        const run = await createRun(store);
        await run.log.append([queued(), output('a'), output('b', 1), noted('c'), output('d', 2)]);
        expect((await collect(run.log.follow(0, never, 'now', 'structural'))).map(told)).toEqual([
          '1 run.queued',
          '4 c',
        ]);
        expect((await collect(run.log.follow(1, never, 'now', 'structural'))).map(told)).toEqual(['4 c']);
      });

      it('end after run.finished, or at once if they start after it', async () => {
        const run = await createRun(store);
        await run.log.append([noted('a'), finished(), noted('after the end')]);
        expect((await collect(run.log.follow(0, never, 'finished'))).map(told)).toEqual(['1 a', '2 run.finished']);
        expect((await collect(run.log.follow(2, never, 'finished'))).map(told)).toEqual(['3 after the end']);
        expect(await collect(run.log.follow(3, never, 'finished'))).toEqual([]);
      });

      it('end when the owner dies, after everything was read', async () => {
        const run = await createRun(store);
        const follower = await following(other, run.id, 0, 'finished');
        await notes(run, 'a', 'b');
        rig.processes.kill('one');
        await follower.ended;
        expect(follower.events.map(told)).toEqual(['1 a', '2 b']);
      });

      it('end when the owner releases an unfinished run', async () => {
        const run = await createRun(store);
        const [inside, outside] = [
          await following(store, run.id, 0, 'finished'),
          await following(other, run.id, 0, 'finished'),
        ];
        await notes(run, 'a');
        await run.release();
        await Promise.all([inside.ended, outside.ended]);
        expect(inside.events.map(told)).toEqual(['1 a']);
        expect(outside.events).toEqual(inside.events);
      });

      it('`forever` continue after run.finished', async () => {
        const run = await createRun(store);
        const follower = await following(other, run.id);
        await run.log.append([finished()]);
        await notes(run, 'delivered');
        await follower.reached(2);
        follower.stop();
        await follower.ended;
      });

      it('that pause block neither the owner nor others, and get everything later', async () => {
        const run = await createRun(store);
        await notes(run, '1');
        const stopped = run.log.follow(0, never, 'finished')[Symbol.asyncIterator]();
        expect((await stopped.next()).done).toBe(false);
        const reading = await following(store, run.id, 0, 'finished');
        const text = 'x'.repeat(10_000);
        for (let index = 0; index < 300; index++) await run.log.append([output(text, index * text.length)]);
        await run.log.append([finished()]);
        await reading.ended;
        expect(reading.events).toHaveLength(302);
        const seqs: number[] = [];
        for (let next = await stopped.next(); next.done !== true; next = await stopped.next())
          seqs.push(next.value.seq);
        expect(seqs).toEqual(Array.from({ length: 301 }, (_, index) => index + 2));
      });

      it('that leave while they wait are freed at once (wharf: a reader that unsubscribes hangs for ever)', async () => {
        const run = await createRun(store);
        const waiting = run.log.follow(0, never, 'forever')[Symbol.asyncIterator]();
        const next = waiting.next();
        await waiting.return?.();
        expect((await next).done).toBe(true);
        expect((await waiting.next()).done).toBe(true);
        await notes(run, 'a');
      });

      it('that leave in the middle of the history disturb no others', async () => {
        const run = await createRun(store);
        await run.log.append(Array.from({ length: 2_000 }, (_, index) => noted(String(index))));
        const reader = await other.read(run.id);
        let seen = 0;
        for await (const { seq } of reader.follow(0, never, 'forever')) {
          expect(seq).toBe(++seen);
          if (seen === 700) break;
        }
        await reader[Symbol.asyncDispose]();
        expect(await collect(run.log.follow(700, never, 'now'))).toHaveLength(1_300);
      });

      it('end normally when their signal is aborted, before and while they wait', async () => {
        const run = await createRun(store);
        await notes(run, 'a');
        expect(await collect(run.log.follow(0, AbortSignal.abort(), 'forever'))).toEqual([]);
        const follower = await following(other, run.id);
        await follower.reached(1);
        follower.stop();
        await follower.ended;
      });

      it('end when their reader is disposed (wharf: a send after the close)', async () => {
        const run = await createRun(store);
        await notes(run, 'a');
        const reader = await other.read(run.id);
        const seen: string[] = [];
        const ended = (async () => {
          for await (const event of reader.follow(0, never, 'forever')) {
            seen.push(told(event));
            void reader[Symbol.asyncDispose]();
          }
        })();
        await ended;
        await notes(run, 'b');
        expect(seen).toEqual(['1 a']);
      });

      it('may start before the first write (wharf: an error)', async () => {
        const run = await createRun(store);
        expect(await collect((await other.read(run.id)).follow(0, never, 'now'))).toEqual([]);
        const follower = await following(other, run.id, 0, 'finished');
        await run.log.append([finished()]);
        await follower.ended;
        expect(follower.events.map(told)).toEqual(['1 run.finished']);
      });

      it('that start during appends see each event once and in order (wharf: repeats and disorder)', async () => {
        const run = await createRun(store);
        const followers: Awaited<ReturnType<typeof following>>[] = [];
        for (let index = 0; index < 120; index++) {
          await run.log.append([noted(String(index)), output(`${index},`, 0)]);
          if (index % 2 === 0) followers.push(await following(index % 4 === 0 ? store : other, run.id, 0, 'finished'));
        }
        await run.log.append([finished()]);
        const expected = Array.from({ length: 241 }, (_, index) => index + 1);
        for (const follower of followers) {
          await follower.ended;
          expect(follower.events.map(({ seq }) => seq)).toEqual(expected);
        }
      });
    });

    describe('output', () => {
      it('can be read by subject, by attempt, and from the end', async () => {
        const run = await createRun(store);
        const second = stepOf(2);
        await run.log.append([
          output('abc'),
          output('XYZ', 0, second),
          noted('n'),
          output('def', 3),
          output('ghi', 0, firstStep, 2),
        ]);
        const read = async (query: Parameters<typeof run.log.output>[0]) =>
          (await collect(run.log.output(query, never))).map(
            ({ offset, bytes }) => `${offset}:${new TextDecoder().decode(bytes)}`,
          );
        expect(await read({ step: firstStep })).toEqual(['0:abc', '3:def', '0:ghi']);
        expect(await read({ step: firstStep, attempt: 1 })).toEqual(['0:abc', '3:def']);
        expect(await read({ step: firstStep, attempt: 1, tailBytes: 4 })).toEqual(['2:c', '3:def']);
        expect(await read({ step: firstStep, tailBytes: 6 })).toEqual(['3:def', '0:ghi']);
        expect(await read({ step: firstStep, tailBytes: 1_000 })).toEqual(['0:abc', '3:def', '0:ghi']);
        expect(await read({ step: firstStep, tailBytes: 0 })).toEqual([]);
        expect(await read({})).toEqual(['0:abc', '0:XYZ', '3:def', '0:ghi']);
        expect(await read({ step: '9.9.9' })).toEqual([]);
      });

      it('of many chunks is complete', async () => {
        const run = await createRun(store);
        for (let index = 0; index < 300; index++)
          await run.log.append([output('x'.repeat(5_000), index * 5_000), output('other', index * 5, stepOf(2))]);
        const chunks = await collect((await other.read(run.id)).output({ step: firstStep }, never));
        expect(chunks.map(({ offset }) => offset)).toEqual(Array.from({ length: 300 }, (_, index) => index * 5_000));
      });
    });

    describe('ownership', () => {
      it('is refused while the owner lives', async () => {
        const run = await createRun(store);
        expect(await other.own(run.id)).toEqual({ status: 'held', by: rig.processes.identity('one') });
        expect(await store.own(run.id)).toEqual({ status: 'held', by: rig.processes.identity('one') });
      });

      it('is taken over from a dead owner, whose later appends are refused', async () => {
        const run = await createRun(store);
        await notes(run, 'a');
        rig.processes.kill('one');
        const taken = await other.own(run.id);
        if (taken.status !== 'owned') throw new Error(taken.status);
        expect(taken.run.epoch).toBe(2);
        expect(taken.run.number).toBe(run.number);
        await expect(run.log.append([noted('zombie')])).rejects.toMatchObject({
          name: 'StoreError',
          code: 'not-owner',
        });
        await taken.run.log.append([noted('b')]);
        await expect(run.log.append([noted('zombie')])).rejects.toMatchObject({ code: 'not-owner' });
        const events = await collect(taken.run.log.follow(0, never, 'now'));
        expect(events.map((event) => [told(event), event.epoch])).toEqual([
          ['1 a', 1],
          ['2 b', 2],
        ]);
      });

      it('is confirmed until it is lost, and the former owner is notified', async () => {
        const run = await createRun(store);
        run.confirm();
        rig.processes.kill('one');
        run.confirm();
        expect(run.lost.aborted).toBe(false);
        const taken = await other.own(run.id);
        if (taken.status !== 'owned') throw new Error(taken.status);
        expect(() => run.confirm()).toThrow(
          expect.objectContaining({ name: 'StoreError', code: 'not-owner' }) as Error,
        );
        expect(run.lost.reason).toMatchObject({ code: 'not-owner' });
        taken.run.confirm();
        await taken.run.log.append([noted('still owned')]);
        taken.run.confirm();
      });

      it('is lost when an append is refused', async () => {
        const run = await createRun(store);
        rig.processes.kill('one');
        await other.own(run.id);
        await expect(run.log.append([noted('late')])).rejects.toMatchObject({ code: 'not-owner' });
        expect(run.lost.aborted).toBe(true);
      });

      it('is not confirmed after a release, which does not count as lost', async () => {
        const run = await createRun(store);
        await run.release();
        expect(() => run.confirm()).toThrow(expect.objectContaining({ code: 'not-owner' }) as Error);
        expect(run.lost.aborted).toBe(false);
      });

      it('is lost when the run is removed', async () => {
        const run = await createRun(store);
        rig.processes.kill('one');
        expect((await other.prune({ now: rig.processes.now, runs: [run.id] })).removed).toHaveLength(1);
        expect(() => run.confirm()).toThrow(expect.objectContaining({ code: 'not-owner' }) as Error);
      });

      it('goes to one of several concurrent callers', async () => {
        const run = await createRun(store);
        rig.processes.kill('one');
        const stores = await Promise.all(['three', 'four', 'five'].map((process) => rig.open(process)));
        const results = await Promise.all(stores.map((each) => each.own(run.id)));
        expect(results.map(({ status }) => status).sort()).toEqual(['held', 'held', 'owned']);
      });

      it('is available at once after a release, and the former owner cannot append', async () => {
        const run = await createRun(store);
        await notes(run, 'a');
        await run.release();
        await run.release();
        await expect(run.log.append([noted('late')])).rejects.toMatchObject({ code: 'not-owner' });
        expect(await collect(run.log.follow(0, never, 'now'))).toHaveLength(1);
        expect((await other.own(run.id)).status).toBe('owned');
      });

      it('of a finished run is refused', async () => {
        const run = await createRun(store);
        await run.log.append([finished()]);
        rig.processes.kill('one');
        expect(await other.own(run.id)).toEqual({ status: 'finished' });
      });

      it('on another machine ends with a heartbeat older than 60 seconds', async () => {
        rig.processes.moveAway('one');
        const run = await createRun(store);
        rig.processes.now += 59_000;
        expect((await other.own(run.id)).status).toBe('held');
        rig.processes.now += 2_000;
        expect((await other.own(run.id)).status).toBe('owned');
      });

      it('on another machine ends with a heartbeat of a clock that was ahead', async () => {
        rig.processes.moveAway('one');
        const run = await createRun(store);
        rig.processes.now -= 59_000;
        expect((await other.own(run.id)).status).toBe('held');
        rig.processes.now -= 315_360_000_000;
        expect((await other.own(run.id)).status).toBe('owned');
      });

      it('keeps followers that started under the dead owner', async () => {
        const run = await createRun(store);
        const follower = await following(await rig.open('three'), run.id);
        await notes(run, 'a');
        await follower.reached(1);
        rig.processes.kill('one');
        const taken = await other.own(run.id);
        if (taken.status !== 'owned') throw new Error(taken.status);
        await taken.run.log.append([noted('b')]);
        await follower.reached(2);
        follower.stop();
        await follower.ended;
        expect(follower.events.map(told)).toEqual(['1 a', '2 b']);
      });
    });

    describe('requests', () => {
      it('reach the owner once each, from the first on, from any process', async () => {
        const run = await createRun(store);
        await other.request(run.id, { type: 'cancel', by: 'early' });
        const stop = new AbortController();
        const requests = run.requests(stop.signal)[Symbol.asyncIterator]();
        expect((await requests.next()).value).toMatchObject({ type: 'cancel', by: 'early' });
        const next = requests.next();
        await other.request(run.id, { type: 'cancel', by: 'two' });
        expect((await next).value).toMatchObject({ type: 'cancel', by: 'two' });
        await store.request(run.id, { type: 'cancel', by: 'one' });
        expect((await requests.next()).value).toMatchObject({ type: 'cancel', by: 'one' });
        const last = requests.next();
        stop.abort();
        expect((await last).done).toBe(true);
      });

      it('reach the next owner if the one before died, also those that it had seen or begun', async () => {
        const run = await createRun(store);
        await other.request(run.id, { type: 'cancel', by: 'seen' });
        const seen = run.requests(never)[Symbol.asyncIterator]();
        await seen.next();
        const begun = await other.request(run.id, { type: 'cancel', by: 'begun', reason: 'r' });
        await seen.next();
        await run.answer(begun.id, { status: 'done' });
        rig.processes.kill('one');
        await other.request(run.id, { type: 'cancel', by: 'waiting' });
        const taken = await other.own(run.id);
        if (taken.status !== 'owned') throw new Error(taken.status);
        const stop = new AbortController();
        const requests = taken.run.requests(stop.signal)[Symbol.asyncIterator]();
        for (const by of ['seen', 'begun', 'waiting']) {
          const next = await requests.next();
          expect(next.value).toMatchObject({ type: 'cancel', by });
          expect(next.value).not.toHaveProperty('reason');
        }
        stop.abort();
        expect((await requests.next()).done).toBe(true);
      });

      it('for a missing run are refused', async () => {
        await expect(store.request(newRunId(), { type: 'cancel', by: 'x' })).rejects.toMatchObject({
          code: 'not-found',
        });
      });
    });

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
