import type { Clock } from '../../model/clock.ts';
import { ApiError, hasStatus, isTransient } from './api-error.ts';
import { retryTransient } from './retry.ts';

/** A part of a cluster whose answers are errors gets this long, in milliseconds. */
const brokenMs = 2_000;

/** What the cluster answered, or why it does not answer that. */
export type Answer<T> = { readonly value: T } | { readonly refusal: string; readonly isForbidden: boolean };

/**
 * Asks the cluster for something that it may refuse, or that a part of it cannot answer, such as an extension API server
 * that is down. Throws errors that concern all requests: the connection, the login.
 */
export async function answerOf<T>(clock: Clock, signal: AbortSignal, ask: () => Promise<T>): Promise<Answer<T>> {
  let brokenSince: number | undefined;
  return await retryTransient<Answer<T>>(clock, signal, async () => {
    try {
      return { value: await ask() };
    } catch (error) {
      if (!(error instanceof ApiError) || hasStatus(error, 401)) throw error;
      const { said, status } = error;
      if (isTransient(error)) {
        brokenSince ??= clock.now();
        if (status === 429 || clock.now() - brokenSince < brokenMs) throw error;
      }
      return { refusal: said, isForbidden: status === 403 };
    }
  });
}
