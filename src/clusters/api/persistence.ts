import type { Clock } from '../../model/clock.ts';
import { ApiError, isPassing } from './api-error.ts';

/**
 * For how long a cluster that does not answer is waited for, before what needs it is lost: an API server that is
 * replaced takes a minute or two.
 */
export const lostAfterMs = 300_000;
const firstPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * How long to wait before the try after `tries` that failed: full jitter, so that many waiters do not come back at
 * once.
 */
export function pauseMs(tries: number, random: number): number {
  return Math.round(random * Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries, 20)));
}

/**
 * Does something that may be done again, until it goes well, fails for good, or has failed for `lostAfterMs`: then the
 * last error is thrown. What took long before it failed, as a command that waits for another container does, had gone
 * well until then. Ends with the signal.
 * @param onRetry hears of each error after which it is tried again
 */
export async function persistently<T>(
  clock: Clock,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  onRetry?: (error: Error) => void,
): Promise<T> {
  let failingSince: number | undefined;
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      failingSince ??= clock.now();
      if (!isPassing(error) || clock.now() - failingSince > lostAfterMs) throw error;
      onRetry?.(error as Error);
      const asked = error instanceof ApiError ? (error.details?.retryAfterSeconds ?? 0) * 1_000 : 0;
      await clock.sleep(Math.max(asked, pauseMs(tries, Math.random())), signal);
    }
  }
}
