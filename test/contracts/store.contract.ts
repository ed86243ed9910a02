/** The contract of stores. */
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../src/events/event.ts';
import type { RunId } from '../../src/model/ids.ts';
import type { OwnedRun, Store } from '../../src/store/store.ts';
import {
  collect,
  createRun,
  finished,
  firstStep,
  newRunId,
  noted,
  output,
  queued,
  started,
  stepOf,
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
  });
}
