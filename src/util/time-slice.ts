import { nextTurn } from './next-turn.ts';

/** Less than a frame, so that other work gets the event loop within one. */
const turnMs = 6;

/**
 * Lets a long loop of small synchronous calls share the event loop. They are several times as fast as asynchronous
 * ones.
 */
export class TimeSlice {
  #began = performance.now();

  /** Reports whether the turn is over. Then `await` `next`. */
  get over(): boolean {
    return performance.now() - this.#began >= turnMs;
  }

  /** Yields to all waiting work. Throws the signal's reason. Omit the signal for loops that take less than a second. */
  async next(signal?: AbortSignal): Promise<void> {
    await nextTurn();
    signal?.throwIfAborted();
    this.#began = performance.now();
  }
}
