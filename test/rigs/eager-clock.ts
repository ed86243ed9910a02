import type { Clock } from '../../src/model/clock.ts';
import { aborted } from '../../src/util/abort.ts';

/** A clock whose pauses end at once. Its limits of requests never come, unless the test lets them. */
export class EagerClock implements Clock {
  /** The pauses so far, in milliseconds. */
  readonly pauses: number[] = [];
  #now = 1_700_000_000_000;
  readonly #limitMs: number;
  readonly #limits: (() => void)[] = [];

  /** @param limitMs a sleep of this length or more is a limit, not a pause */
  constructor(limitMs = 10_000) {
    this.#limitMs = limitMs;
  }

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  /** Lets all limits of pending requests come. */
  endLimits(): void {
    for (const end of this.#limits.splice(0)) end();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms < this.#limitMs) {
      this.pauses.push(ms);
      return;
    }
    const limit = new Promise<void>((resolve) => void this.#limits.push(resolve));
    await Promise.race([limit, aborted(signal)]);
    signal?.throwIfAborted();
  }
}
