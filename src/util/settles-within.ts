import type { Sleeper } from './deadline.ts';
import { nextTurn } from './next-turn.ts';

/**
 * Waits for a promise, but not longer than this. Aborting a signal ends the wait too.
 * @param ms the limit in milliseconds. 0: this turn of the event loop
 * @returns whether the promise was fulfilled in time. Rejects if the promise was rejected in time; a later rejection is
 * ignored
 */
export async function settlesWithin(
  promise: PromiseLike<unknown>,
  ms: number,
  clock: Sleeper,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<boolean> {
  const settled = Promise.resolve(promise).then(() => true);
  settled.catch(() => undefined);
  const enough = new AbortController();
  const until = AbortSignal.any([enough.signal, ...signals.filter((signal) => signal !== undefined)]);
  const late = (ms === 0 ? nextTurn() : clock.sleep(ms, until)).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    enough.abort(over);
  }
}

/** An explicit reason avoids the cost of a new error with a stack. */
const over = 'the wait is over';
