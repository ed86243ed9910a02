import type { Clock } from '../../model/clock.ts';
import { ApiError, isTransient } from './api-error.ts';
import { doubledMs } from '../../util/doubled-ms.ts';

/** How long to wait for a cluster that does not answer. A replaced API server takes a minute or two. */
export const lostAfterMs = 300_000;
const firstPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * Returns the pause before the next try after `tries` failures, with full jitter, so that many waiters do not retry
 * together.
 */
export function backoffMs(tries: number, random: number): number {
  return Math.round(random * doubledMs(tries, firstPauseMs, longestPauseMs));
}

/**
 * Retries an idempotent action until it succeeds, fails for good, or has failed for `lostAfterMs`. Throws the last
 * error. The time before the first failure does not count: an action may wait for a container for long. Ends on the
 * signal.
 * @param onRetry called with each error before a retry
 */
export async function retryTransient<T>(
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
      if (!isTransient(error) || clock.now() - failingSince > lostAfterMs) throw error;
      onRetry?.(error as Error);
      const asked = error instanceof ApiError ? (error.details?.retryAfterSeconds ?? 0) * 1_000 : 0;
      await clock.sleep(Math.max(asked, backoffMs(tries, Math.random())), signal);
    }
  }
}
