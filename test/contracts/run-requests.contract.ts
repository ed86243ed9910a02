/** The contract of stores: requests to the owner of a run, and what becomes of them. */
import { describe, expect, it } from 'vitest';
import { keptAfterEndMs } from '../../src/store/run-request.ts';
import type { RequestState, SentRequest, Store } from '../../src/store/store.ts';
import { collect, createRun, finished, firstStep, newRunId, queued, queuedRun } from '../rigs/store-rig.ts';
import { openStores } from '../rigs/open-stores.ts';
import type { StoreRig } from '../rigs/store-rig.ts';

const never = new AbortController().signal;

export function testRunRequests(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`${name} carries requests`, () => {
    let rig: StoreRig;
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ rig, store, other } = opened));

    it('with an id, a time, a requester and a reason', async () => {
      const run = await createRun(store);
      const sent = await other.request(run.id, { type: 'cancelStep', step: firstStep, by: 'alice', reason: 'wrong' });
      expect(sent).toEqual({
        id: sent.id,
        at: rig.processes.now,
        type: 'cancelStep',
        step: firstStep,
        by: 'alice',
        reason: 'wrong',
      });
      const again = await other.request(run.id, { type: 'cancel', by: 'bob' });
      expect(again.id).not.toBe(sent.id);
      const requests = run.requests(never)[Symbol.asyncIterator]();
      expect([(await requests.next()).value, (await requests.next()).value]).toEqual([sent, again]);
    });

    it('of its owner, who sends none after another process took over, or after the release', async () => {
      const run = await createRun(store);
      await run.request({ type: 'cancel', by: 'its owner' });
      expect(await collect(run.requests(never, 'now'))).toMatchObject([{ type: 'cancel', by: 'its owner' }]);
      await run.release();
      await expect(run.request({ type: 'cancel', by: 'its owner' })).rejects.toMatchObject({ code: 'not-owner' });
      const taken = await other.own(run.id);
      if (taken.status !== 'owned') throw new Error(taken.status);
      await expect(run.request({ type: 'cancel', by: 'its owner' })).rejects.toMatchObject({ code: 'not-owner' });
      expect(await collect(taken.run.requests(never, 'now'))).toHaveLength(1);
    });

    it('of which it gives those that wait, and ends, if asked for no more', async () => {
      const run = await createRun(store);
      expect(await collect(run.requests(never, 'now'))).toEqual([]);
      const first = await other.request(run.id, { type: 'cancel', by: 'alice' });
      const second = await other.request(run.id, { type: 'cancel', by: 'bob' });
      expect(await collect(run.requests(never, 'now'))).toEqual([first, second]);
      const third = await other.request(run.id, { type: 'cancel', by: 'carol' });
      expect((await run.requests(never)[Symbol.asyncIterator]().next()).value).toEqual(third);
      expect(await collect(run.requests(never, 'now'))).toEqual([]);
    });

    it.each([{ status: 'done' } as const, { status: 'refused', detail: 'it had ended' } as const])(
      'and tells the requester that they were seen and answered: %j',
      async (answer) => {
        const run = await createRun(store);
        const { id } = await other.request(run.id, { type: 'cancel', by: 'alice' });
        const states = other.requestStates(run.id, id, never)[Symbol.asyncIterator]();
        expect((await states.next()).value).toEqual({ status: 'waiting' });
        const requests = run.requests(never)[Symbol.asyncIterator]();
        await requests.next();
        expect((await states.next()).value).toEqual({ status: 'seen' });
        await run.answer(id, answer);
        expect((await states.next()).value).toEqual(answer);
        expect((await states.next()).done).toBe(true);
        expect(await collect(store.requestStates(run.id, id, never))).toEqual([answer]);
      },
    );

    it('leaves those of unknown types unread, with a note, and reads on', async () => {
      const run = await createRun(store);
      const strange = { type: 'pause', by: 'alice' } as unknown as SentRequest;
      const { id } = await other.request(run.id, strange);
      const known = await other.request(run.id, { type: 'cancel', by: 'bob' });
      const requests = run.requests(never)[Symbol.asyncIterator]();
      expect((await requests.next()).value).toEqual(known);
      const [state] = await collect(other.requestStates(run.id, id, AbortSignal.timeout(300)));
      expect(state).toEqual({
        status: 'waiting',
        detail: 'the owner of the run does not support requests of type pause',
      });
    });

    it('ends the wait for an answer when the owner dies', async () => {
      const run = await createRun(store);
      const { id } = await other.request(run.id, { type: 'cancel', by: 'alice' });
      const states = collect(other.requestStates(run.id, id, never));
      rig.processes.kill('one');
      expect(await states).toEqual([{ status: 'waiting' }]);
    });

    it('ends the wait for an answer when the run ends', async () => {
      const run = await createRun(store);
      const { id } = await other.request(run.id, { type: 'cancel', by: 'alice' });
      const states = collect(other.requestStates(run.id, id, never));
      await run.log.append([queued(), finished()]);
      expect(await states).toEqual([{ status: 'waiting' }]);
    });

    it('keeps an answer for a while after the run has ended, and forgets it then', async () => {
      const ended = await createRun(store);
      const going = await createRun(store);
      const sent = await Promise.all(
        [ended, going].map(({ id }) => other.request(id, { type: 'cancel', by: 'alice' })),
      );
      for (const [index, run] of [ended, going].entries()) {
        await collect(run.requests(never, 'now'));
        await run.answer(sent[index]?.id ?? '', { status: 'done' });
      }
      const at = rig.processes.now;
      await ended.log.append([queued(), { ...finished(), at }]);
      await ended.release();
      const kept = async () =>
        await Promise.all(
          [ended, going].map(
            async ({ id }, index) => (await collect(other.requestStates(id, sent[index]?.id ?? '', never))).length,
          ),
        );
      rig.processes.now = at + keptAfterEndMs;
      await other.request(going.id, { type: 'cancel', by: 'bob' });
      expect(await kept()).toEqual([1, 1]);
      rig.processes.now += 1;
      await other.request(going.id, { type: 'cancel', by: 'bob' });
      expect(await kept()).toEqual([0, 1]);
    });

    it('forgets requests of a run that has ended also when it stores the next run', async () => {
      const ended = await createRun(store);
      const { id } = await other.request(ended.id, { type: 'cancel', by: 'alice' });
      const at = rig.processes.now;
      await ended.log.append([queued(), { ...finished(), at: at - keptAfterEndMs - 1 }]);
      await ended.release();
      expect(await collect(other.requestStates(ended.id, id, never))).toHaveLength(1);
      await store.create({ id: newRunId(), project: '/project', createdAt: at });
      expect(await collect(other.requestStates(ended.id, id, never))).toEqual([]);
    });

    it('waits for the owner of a queued run', async () => {
      const { id: run } = await store.enqueue({ id: newRunId(), project: '/project', createdAt: 1 }, queuedRun());
      const { id } = await other.request(run, { type: 'cancel', by: 'alice' });
      const states = collect(other.requestStates(run, id, never));
      const taken = await store.take(run);
      if (taken.status !== 'owned') throw new Error(taken.status);
      await taken.run.requests(never)[Symbol.asyncIterator]().next();
      await taken.run.answer(id, { status: 'done' });
      expect((await states).at(-1)).toEqual({ status: 'done' });
    });

    it('takes no answer of a former owner', async () => {
      const run = await createRun(store);
      const { id } = await other.request(run.id, { type: 'cancel', by: 'alice' });
      rig.processes.kill('one');
      await other.own(run.id);
      await run.answer(id, { status: 'done' });
      const first: RequestState[] = [];
      for await (const state of other.requestStates(run.id, id, never)) {
        first.push(state);
        break;
      }
      expect(first).toEqual([{ status: 'waiting' }]);
    });

    it('has no state of a request that was never sent', async () => {
      const run = await createRun(store);
      expect(await collect(other.requestStates(run.id, '77', never))).toEqual([]);
    });

    it('stops to wait for an answer on its signal', async () => {
      const run = await createRun(store);
      const { id } = await other.request(run.id, { type: 'cancel', by: 'alice' });
      const stop = new AbortController();
      const states: RequestState[] = [];
      for await (const state of other.requestStates(run.id, id, stop.signal)) {
        states.push(state);
        stop.abort();
      }
      expect(states).toEqual([{ status: 'waiting' }]);
    });
  });
}
