import type { Clock } from '../../../model/clock.ts';
import { EngineLost } from './engine-error.ts';

/** How long the answer to a request that changes something is waited for once its work is cancelled. */
const answerWithinMs = 10_000;
/** How long removing what a failed start has made may take. */
const undoWithinMs = 30_000;

/** A signal for requests, and what frees its timer. */
export interface RequestLimit extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * For requests that change something: cancelling the work does not drop them, since nobody would know then what came of
 * them. Their answers are waited for, but not for ever.
 */
export function answerLimit(clock: Clock, cancelled: AbortSignal): RequestLimit {
  const over = new AbortController();
  const wait = (): void => endAfter(clock, answerWithinMs, over, limit);
  const limit = new AbortController();
  if (cancelled.aborted) wait();
  else cancelled.addEventListener('abort', wait, { once: true, signal: over.signal });
  return { signal: limit.signal, [Symbol.dispose]: () => over.abort() };
}

/** For removing what a start has made before it failed. */
export function undoLimit(clock: Clock): RequestLimit {
  const over = new AbortController();
  const limit = new AbortController();
  endAfter(clock, undoWithinMs, over, limit);
  return { signal: limit.signal, [Symbol.dispose]: () => over.abort() };
}

function endAfter(clock: Clock, ms: number, over: AbortController, limit: AbortController): void {
  clock.sleep(ms, over.signal).then(
    () => limit.abort(new EngineLost(`the engine did not answer within ${ms / 1_000} s`)),
    () => undefined,
  );
}
