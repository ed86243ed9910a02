import type { Clock } from '../../src/model/clock.ts';
import { nextTurn } from '../../src/util/next-turn.ts';
import { onAbort } from '../../src/util/abort.ts';

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** A clock that the test controls. Sleepers wake only when it advances. */
export class ManualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  readonly #watchers = new Set<() => void>();
  #now: number;

  constructor(start = 1_700_000_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#sleepers.delete(sleeper);
        listener[Symbol.dispose]();
      };
      const stop = () => {
        leave();
        reject(signal?.reason as Error);
      };
      const sleeper = { due: this.#now + ms, wake: () => (leave(), resolve()) };
      const listener = onAbort([signal], stop);
      this.#sleepers.add(sleeper);
      for (const look of [...this.#watchers]) look();
    });
  }

  /** The number of sleepers. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Resolves when at least this many sleep. */
  async untilSleeping(count = 1): Promise<void> {
    if (this.sleeping >= count) return;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.sleeping < count) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
    });
  }

  /**
   * Advances the time. Wakes due sleepers in order, including those that sleep again meanwhile, and lets each one
   * proceed.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
      this.#now = next.due;
      next.wake();
      await nextTurn();
    }
    this.#now = end;
    await nextTurn();
  }

  /** Advances the time in steps, one a turn, until the promise settles. Returns its value. */
  async whileTimePasses<T>(promise: Promise<T>, stepMs = 1_000): Promise<T> {
    let over = false;
    const settled = promise.finally(() => (over = true));
    settled.catch(() => undefined);
    while (!over) {
      await nextTurn();
      await this.advance(stepMs);
    }
    return await settled;
  }

  #earliest(end: number): Sleeper | undefined {
    return [...this.#sleepers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}
