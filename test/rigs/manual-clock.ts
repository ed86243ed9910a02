import type { Clock } from '../../src/model/clock.ts';

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** A clock that a test turns: nothing that sleeps wakes before it is told to. */
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
        signal?.removeEventListener('abort', stop);
      };
      const stop = () => {
        leave();
        reject(signal?.reason as Error);
      };
      const sleeper = { due: this.#now + ms, wake: () => (leave(), resolve()) };
      signal?.addEventListener('abort', stop);
      this.#sleepers.add(sleeper);
      for (const look of [...this.#watchers]) look();
    });
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** When at least so many sleep: what was started has come to its waiting. */
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
   * Lets time pass: wakes in order whoever is due on the way, also those who lie down again meanwhile, and lets each do
   * what it does then.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
      this.#now = next.due;
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = end;
    await new Promise((resolve) => setImmediate(resolve));
  }

  #earliest(end: number): Sleeper | undefined {
    return [...this.#sleepers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}
