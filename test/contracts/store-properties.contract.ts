/** Random appends, followers, takeovers and deaths, compared with a model: the list of acknowledged events. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnnexEvent } from '../../src/events/annex-event.ts';
import type { StoredEvent } from '../../src/events/event.ts';
import type { OwnedRun, Store } from '../../src/store/store.ts';
import { createRun, noted, output, told } from '../rigs/store-rig.ts';
import type { StoreRig } from '../rigs/store-rig.ts';
import { nextTurn } from '../../src/util/next-turn.ts';

type Action =
  | { readonly do: 'append'; readonly sizes: readonly number[] }
  /** The owner's process dies silently, and another one takes over. */
  | { readonly do: 'takeOver'; readonly killed: boolean }
  /** Another process adds events. */
  | { readonly do: 'annex'; readonly count: number }
  /** A former owner tries to append. */
  | { readonly do: 'appendLate' }
  | { readonly do: 'follow'; readonly from: number; readonly inOwner: boolean; readonly structural: boolean }
  /** A follower reads some events and then stops reading. */
  | { readonly do: 'read'; readonly which: number; readonly count: number }
  | { readonly do: 'leave'; readonly which: number; readonly how: 'signal' | 'return' }
  | { readonly do: 'pause' };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      sizes: fc.array(fc.constantFrom(0, 1, 50, 3_000, 100_000), { maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('annex' as const), count: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('takeOver' as const), killed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('appendLate' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('follow' as const),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      inOwner: fc.boolean(),
      structural: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      which: fc.nat(20),
      count: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('leave' as const),
      which: fc.nat(20),
      how: fc.constantFrom('signal' as const, 'return' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const) }) },
);

interface Follower {
  readonly after: number;
  readonly structural: boolean;
  readonly events: StoredEvent[];
  readonly iterator: AsyncIterator<StoredEvent>;
  readonly stop: AbortController;
  /** Calls `next` one at a time, in order. */
  reading: Promise<void>;
  left: boolean;
}

class World {
  /** The acknowledged events, like `told`. */
  readonly log: string[] = [];
  readonly #followers: Follower[] = [];
  readonly #former: OwnedRun[] = [];
  #processes = 1;
  readonly #rig: StoreRig;
  #store: Store;
  readonly #elsewhere: Store;
  #run: OwnedRun;

  private constructor(rig: StoreRig, store: Store, elsewhere: Store, run: OwnedRun) {
    this.#rig = rig;
    this.#store = store;
    this.#elsewhere = elsewhere;
    this.#run = run;
  }

  static async make(rig: StoreRig): Promise<World> {
    const store = await rig.open('owner 1');
    return new World(rig, store, await rig.open('elsewhere'), await createRun(store));
  }

  async act(next: Action): Promise<void> {
    switch (next.do) {
      case 'append':
        return await this.#append(next.sizes);
      case 'annex':
        return await this.#addBeside(next.count);
      case 'takeOver':
        return await this.#takeOver(next.killed);
      case 'appendLate': {
        const late = this.#former.at(-1);
        if (late !== undefined)
          await expect(late.log.append([noted('late')])).rejects.toMatchObject({ code: 'not-owner' });
        return;
      }
      case 'follow':
        return await this.#follow(next);
      case 'read':
        return this.#read(this.#chosen(next.which), next.count);
      case 'leave':
        return await this.#leave(this.#chosen(next.which), next.how);
      case 'pause':
        await nextTurn();
    }
  }

  /** Each remaining follower reads to the end, and must have seen everything once. */
  async settle(): Promise<void> {
    await this.#feedReached();
    const mark = `${this.log.length + 1} the end`;
    await this.#run.log.append([noted('the end')]);
    this.log.push(mark);
    for (const follower of this.#followers) {
      await follower.reading;
      while (!follower.left && follower.events.at(-1)?.seq !== this.log.length) {
        const next = await follower.iterator.next();
        if (next.done === true) throw new Error('a follower has ended by itself');
        follower.events.push(next.value);
      }
      const expected = this.log.slice(follower.after).filter((line) => !follower.structural || !/ x*$/.test(line));
      const seen = follower.events.map(told);
      expect(seen).toEqual(expected.slice(0, seen.length));
      if (!follower.left) expect(seen).toHaveLength(expected.length);
      follower.stop.abort();
    }
  }

  /** The feed reports every event, from any writer, alive or dead. */
  async #feedReached(): Promise<void> {
    if (this.log.length === 0) return;
    for await (const { run, seq } of this.#elsewhere.feed.changed(0, new AbortController().signal))
      if (run === this.#run.id && seq >= this.log.length) return;
  }

  async #append(sizes: readonly number[]): Promise<void> {
    const events = sizes.map((size, index) =>
      size % 2 === 0 ? output('x'.repeat(size)) : noted(`${this.log.length}/${index}`),
    );
    const first = this.log.length + 1;
    expect(await this.#run.log.append(events)).toBe(this.log.length + events.length);
    events.forEach((event, index) =>
      this.log.push(told({ ...event, run: this.#run.id, epoch: 1, seq: first + index })),
    );
  }

  async #addBeside(count: number): Promise<void> {
    await using annex = await this.#elsewhere.annex(this.#run.id);
    const events = Array.from({ length: count }, (): AnnexEvent => ({
      ...{ type: 'note.added', by: 'elsewhere', level: 'info', message: 'a' },
    }));
    expect(await annex.append(events)).toBe(this.log.length + count);
    for (let index = 0; index < count; index++) this.log.push(`${this.log.length + 1} note.added`);
  }

  async #takeOver(killed: boolean): Promise<void> {
    if (killed) this.#rig.processes.kill(`owner ${this.#processes}`);
    else await this.#run.release();
    this.#processes += 1;
    const store = await this.#rig.open(`owner ${this.#processes}`);
    const taken = await store.own(this.#run.id);
    if (taken.status !== 'owned') throw new Error(taken.status);
    this.#former.push(this.#run);
    this.#store = store;
    this.#run = taken.run;
  }

  async #follow({ from, inOwner, structural }: { from: number; inOwner: boolean; structural: boolean }): Promise<void> {
    const reader = await (inOwner ? this.#store : this.#elsewhere).read(this.#run.id);
    const after = Math.floor(from * this.log.length);
    const stop = new AbortController();
    const iterator = reader
      .follow(after, stop.signal, 'forever', structural ? 'structural' : 'all')
      [Symbol.asyncIterator]();
    this.#followers.push({ after, structural, events: [], iterator, stop, reading: Promise.resolve(), left: false });
  }

  /** Runs concurrently with the next commands. Reads no more than what exists: otherwise it would wait. */
  #read(follower: Follower | undefined, count: number): void {
    if (follower === undefined || follower.left) return;
    const available = this.log
      .slice(follower.after)
      .filter((line) => !follower.structural || !/ x*$/.test(line)).length;
    follower.reading = follower.reading.then(async () => {
      for (let left = Math.min(count, available - follower.events.length); left > 0; left--) {
        const next = await follower.iterator.next();
        if (next.done === true) return;
        follower.events.push(next.value);
      }
    });
  }

  async #leave(follower: Follower | undefined, how: 'signal' | 'return'): Promise<void> {
    if (follower === undefined || follower.left) return;
    follower.left = true;
    if (how === 'signal') follower.stop.abort();
    else await follower.iterator.return?.();
    await follower.reading;
    expect((await follower.iterator.next()).done).toBe(true);
  }

  #chosen(which: number): Follower | undefined {
    return this.#followers[which % Math.max(1, this.#followers.length)];
  }
}

export function testStoreProperties(name: string, makeRig: () => Promise<StoreRig>, runs: number): void {
  describe(`${name}: random operations`, () => {
    it('every follower sees every acknowledged event once and in order', { timeout: 120_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { maxLength: 60, size: 'max' }), async (actions) => {
          await using rig = await makeRig();
          const world = await World.make(rig);
          for (const next of actions) await world.act(next);
          await world.settle();
        }),
        { numRuns: runs },
      );
    });
  });
}
