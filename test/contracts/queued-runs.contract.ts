/** The contract of stores: runs that are stored before a process begins them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueuedRun } from '../../src/events/queued-run.ts';
import { foldRun } from '../../src/events/run-state.ts';
import { storedState } from '../../src/events/stored-state.ts';
import type { RunId } from '../../src/model/ids.ts';
import type { RunStatus } from '../../src/model/status.ts';
import type { OwnedRun, Store } from '../../src/store/store.ts';
import { collect, createRun, finished, newRunId, noted, queued, queuedRun, started, told } from '../rigs/store-rig.ts';
import { openStores } from '../rigs/open-stores.ts';
import type { StoreRig } from '../rigs/store-rig.ts';

const never = new AbortController().signal;
const createdAt = 1_700_000_000_000;

export function testQueuedRuns(name: string, makeRig: () => Promise<StoreRig>, runs: number): void {
  describe(`${name} keeps runs in a queue`, () => {
    let rig: StoreRig;
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ rig, store, other } = opened));

    async function enqueue(run = queuedRun()): Promise<RunId> {
      return (await store.enqueue({ id: newRunId(), project: run.source.project, createdAt }, run)).id;
    }

    async function taken(from: Store, run: RunId): Promise<OwnedRun> {
      const result = await from.take(run);
      if (result.status !== 'owned') throw new Error(result.status);
      return result.run;
    }

    const statuses = async (of = other) => (await of.runs({})).map(({ status }) => status);

    it('with a number, a name and a source, but without an owner', async () => {
      const run = queuedRun();
      const made = await store.enqueue({ id: newRunId(), project: '/project', createdAt }, run);
      expect(made).toMatchObject({ number: 1, status: 'queued', name: 'build', source: run.source, createdAt });
      expect(made.owner).toBeUndefined();
      expect(await other.summary(made.id)).toEqual(made);
      expect(await other.runs({ statuses: ['queued'], ref: 'main', commit: 'abcd' })).toEqual([made]);
      expect(await other.runs({ statuses: ['interrupted', 'inProgress', 'failed'] })).toEqual([]);
      expect(await other.queued(made.id)).toEqual(run);
      expect((await createRun(store)).number).toBe(2);
      expect((await other.resolve('1', '/project')).status).toBe('found');
    });

    it('until they begin, also where their log was cut since', async () => {
      const id = await enqueue();
      const run = await taken(store, id);
      const through = await run.log.append([queued(), started(), noted('a')]);
      await run.log.cut(through, storedState(await foldRun(run.log.follow(0, never, 'now'))));
      rig.processes.kill('one');
      expect(await other.take(id)).toEqual({ status: 'begun' });
      expect((await other.own(id)).status).toBe('owned');
    });

    it('with an empty log, whose followers wait', async () => {
      const id = await enqueue();
      const reader = await other.read(id);
      expect(await collect(reader.follow(0, never, 'now'))).toEqual([]);
      const followed = collect(reader.follow(0, never, 'finished'));
      const run = await taken(store, id);
      await run.log.append([queued(), finished()]);
      expect((await followed).map(told)).toEqual(['1 run.queued', '2 run.finished']);
    });

    it('until a process takes them, with epoch 1', async () => {
      const id = await enqueue();
      const result = await other.take(id);
      if (result.status !== 'owned') throw new Error(result.status);
      expect(result.queued).toEqual(queuedRun());
      expect([result.run.epoch, result.run.number, result.run.id]).toEqual([1, 1, id]);
      result.run.confirm();
      expect(await store.summary(id)).toMatchObject({ status: 'queued', owner: rig.processes.identity('two') });
      expect(await store.take(id)).toEqual({ status: 'held', by: rig.processes.identity('two') });
      expect(await store.own(id)).toEqual({ status: 'held', by: rig.processes.identity('two') });
      await result.run.log.append([queued(), started()]);
      expect(await statuses()).toEqual(['inProgress']);
      expect(await store.take(id)).toEqual({ status: 'begun' });
      await result.run.log.append([finished('failed')]);
      expect(await store.take(id)).toEqual({ status: 'begun' });
      expect(await store.own(id)).toEqual({ status: 'finished' });
      expect(await statuses()).toEqual(['failed']);
    });

    it('and gives each to one of several concurrent takers', async () => {
      const id = await enqueue();
      const stores = await Promise.all(['three', 'four', 'five'].map((process) => rig.open(process)));
      const results = await Promise.all(stores.map((each) => each.take(id)));
      expect(results.map(({ status }) => status).sort()).toEqual(['held', 'held', 'owned']);
    });

    it('again if the taker dies before its first event', async () => {
      const id = await enqueue();
      const first = await taken(store, id);
      rig.processes.kill('one');
      for (let round = 0; round < 2; round++) {
        expect(await other.summary(id)).toMatchObject({ status: 'queued' });
        expect((await other.summary(id))?.owner).toBeUndefined();
        expect(await other.own(id)).toEqual({ status: 'queued' });
        expect((await other.prune({ now: rig.processes.now, runs: [id] })).removed).toEqual([]);
      }
      const second = await taken(other, id);
      expect(second.epoch).toBe(2);
      await expect(first.log.append([noted('late')])).rejects.toMatchObject({ code: 'not-owner' });
      await second.log.append([queued(), finished()]);
      expect(await statuses()).toEqual(['succeeded']);
    });

    it('again if the log has only what others than an owner store', async () => {
      const id = await enqueue();
      await (await taken(store, id)).log.append([noted('not yet begun')]);
      rig.processes.kill('one');
      expect(await statuses()).toEqual(['queued']);
      expect(await statuses()).toEqual(['queued']);
      expect(await other.own(id)).toEqual({ status: 'queued' });
      const second = await taken(other, id);
      expect(await second.log.append([queued(), finished()])).toBe(3);
      expect(await statuses()).toEqual(['succeeded']);
    });

    it('again if the taker releases them before its first event', async () => {
      const id = await enqueue();
      await (await taken(store, id)).release();
      expect(await statuses()).toEqual(['queued']);
      expect((await taken(other, id)).epoch).toBe(2);
    });

    it('but not after its first event: then they are interrupted', async () => {
      const id = await enqueue();
      await (await taken(store, id)).log.append([queued()]);
      rig.processes.kill('one');
      expect(await statuses()).toEqual(['interrupted']);
      expect(await other.take(id)).toEqual({ status: 'begun' });
      expect((await other.own(id)).status).toBe('owned');
    });

    it('and prune leaves them alone', async () => {
      const id = await enqueue();
      const now = rig.processes.now + 1_000_000_000_000;
      for (const limit of [{ maxAgeMs: 0 }, { maxRunsPerProject: 0 }, { maxBytes: 0 }, { runs: [id] }])
        expect((await other.prune({ now, ...limit })).removed).toEqual([]);
      expect(await statuses()).toEqual(['queued']);
      expect((await taken(other, id)).epoch).toBe(1);
    });

    it('with requests that reach the taker', async () => {
      const id = await enqueue();
      await other.request(id, { type: 'cancel', by: 'early' });
      const requests = (await taken(store, id)).requests(never)[Symbol.asyncIterator]();
      expect((await requests.next()).value).toMatchObject({ type: 'cancel', by: 'early' });
    });

    it('and refuses wrong ones with all their problems', async () => {
      const wrong = { ...queuedRun(), name: 7, annotations: { a: 1 } } as unknown as QueuedRun;
      await expect(enqueue(wrong)).rejects.toThrow('name must be a string; annotations.a must be a string');
      expect(await statuses()).toEqual([]);
    });

    it('and no run that was created with an owner, or does not exist', async () => {
      const run = await createRun(store);
      expect(await other.take(run.id)).toEqual({ status: 'begun' });
      expect(await other.queued(run.id)).toBeUndefined();
      rig.processes.kill('one');
      expect(await other.take(run.id)).toEqual({ status: 'begun' });
      expect(await statuses()).toEqual(['interrupted']);
      await expect(other.take(newRunId())).rejects.toMatchObject({ code: 'not-found' });
    });

    it(
      'loses and doubles none in any order of enqueue, take, cancel, release and kill',
      { timeout: 120_000 },
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(action, { maxLength: 40, size: 'max' }), async (actions) => {
            await using fresh = await makeRig();
            const world = await World.make(fresh);
            for (const next of actions) await world.act(next);
            await world.settle();
          }),
          { numRuns: runs },
        );
      },
    );
  });
}

const places = { process: fc.nat(2), run: fc.nat(4) };
const action = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('enqueue' as const), ...places }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), ...places }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race' as const), ...places }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), ...places }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), ...places }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), ...places }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), ...places }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), ...places }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** What a run must be. */
interface Expected {
  readonly id: RunId;
  owned: { readonly run: OwnedRun; readonly process: number } | undefined;
  begun: boolean;
  end: 'succeeded' | 'cancelled' | undefined;
}

interface Simulated {
  name: string;
  store: Store;
}

class World {
  readonly #runs: Expected[] = [];
  #made = 0;
  readonly #rig: StoreRig;
  readonly #processes: Simulated[];

  private constructor(rig: StoreRig, processes: Simulated[]) {
    this.#rig = rig;
    this.#processes = processes;
  }

  static async make(rig: StoreRig): Promise<World> {
    const names = ['process 0', 'process 1', 'process 2'];
    return new World(rig, await Promise.all(names.map(async (name) => ({ name, store: await rig.open(name) }))));
  }

  async act({ do: what, process, run: which }: Action): Promise<void> {
    const { store } = this.#at(process);
    const run = this.#runs[which % Math.max(1, this.#runs.length)];
    if (what === 'enqueue') return await this.#enqueue(store);
    if (what === 'kill') return await this.#kill(process);
    if (run === undefined) return;
    if (what === 'take') await this.#take(run, process);
    else if (what === 'race') await this.#race(run);
    else if (what === 'cancel') await this.#cancel(run, process);
    else await this.#drive(run, what);
    await this.#check(store);
  }

  /** Ends whatever is left. Then each run has begun once and ended once. */
  async settle(): Promise<void> {
    for (const process of [0, 1, 2]) await this.#kill(process);
    const { store } = this.#at(0);
    for (const run of this.#runs.filter(({ end }) => end === undefined)) {
      if (run.begun) {
        const result = await store.own(run.id);
        if (result.status !== 'owned') throw new Error(result.status);
        await result.run.log.append([finished()]);
      } else {
        await this.#take(run, 0);
        await this.#drive(run, 'begin');
        await this.#drive(run, 'finish');
      }
      run.end = 'succeeded';
    }
    const found = await store.runs({});
    expect(found.map(({ id, number }) => [id, number])).toEqual(
      this.#runs.map(({ id }, index) => [id, index + 1]).reverse(),
    );
    for (const { id } of this.#runs) {
      const events = await collect((await store.read(id)).follow(0, never, 'finished'));
      expect(events.filter(({ type }) => type === 'run.queued')).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'run.finished')).toHaveLength(1);
    }
    await this.#check(store);
  }

  async #enqueue(store: Store): Promise<void> {
    const { id } = await store.enqueue({ id: newRunId(), project: '/project', createdAt }, queuedRun());
    this.#runs.push({ id, owned: undefined, begun: false, end: undefined });
  }

  async #take(run: Expected, process: number): Promise<void> {
    const result = await this.#at(process).store.take(run.id);
    const expected = run.begun ? 'begun' : run.owned === undefined ? 'owned' : 'held';
    expect(result.status).toBe(expected);
    if (result.status === 'owned') run.owned = { run: result.run, process };
  }

  async #race(run: Expected): Promise<void> {
    const results = await Promise.all(this.#processes.map(({ store }) => store.take(run.id)));
    const winners = results.flatMap((result, process) =>
      result.status === 'owned' ? [{ run: result.run, process }] : [],
    );
    expect(winners).toHaveLength(run.begun || run.owned !== undefined ? 0 : 1);
    run.owned ??= winners[0];
  }

  /** As `slipway cancel` does: it takes the run, and writes its end. */
  async #cancel(run: Expected, process: number): Promise<void> {
    const result = await this.#at(process).store.take(run.id);
    if (result.status !== 'owned') return;
    await result.run.log.append([queued(), finished('cancelled')]);
    await result.run.release();
    run.begun = true;
    run.end = 'cancelled';
  }

  async #drive(run: Expected, what: 'begin' | 'finish' | 'release'): Promise<void> {
    if (run.owned === undefined || run.end !== undefined) return;
    const { log } = run.owned.run;
    if (what === 'begin' && !run.begun) {
      await log.append([queued(), started()]);
      run.begun = true;
    }
    if (what === 'finish' && run.begun) {
      await log.append([finished()]);
      run.end = 'succeeded';
    }
    if (what === 'release') {
      await run.owned.run.release();
      run.owned = undefined;
    }
  }

  async #kill(process: number): Promise<void> {
    const dying = this.#at(process);
    this.#rig.processes.kill(dying.name);
    this.#made += 1;
    dying.name = `process ${process}, successor ${this.#made}`;
    dying.store = await this.#rig.open(dying.name);
    for (const run of this.#runs) if (run.owned?.process === process) run.owned = undefined;
    await this.#check(dying.store);
  }

  async #check(store: Store): Promise<void> {
    const expected = this.#runs.map((run): RunStatus => {
      if (run.end !== undefined) return run.end;
      return run.begun ? (run.owned === undefined ? 'interrupted' : 'inProgress') : 'queued';
    });
    expect((await store.runs({})).map(({ status }) => status)).toEqual(expected.reverse());
  }

  #at(process: number): Simulated {
    const found = this.#processes[process];
    if (found === undefined) throw new Error(`no process ${process}`);
    return found;
  }
}
