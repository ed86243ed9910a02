import type { Clock } from '../../../model/clock.ts';
import { EngineLost } from './engine-error.ts';

/** How long to wait for the response to a change after its work is cancelled. */
const answerWithinMs = 10_000;
/** How long the removal of a failed start may take. */
const undoWithinMs = 30_000;

/** A signal for requests. Disposing releases its timer. */
export interface RequestLimit extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Returns a limit for requests that change something. Cancelling the work does not drop such a request, since its
 * result would be unknown. It only starts a timeout.
 */
export function answerLimit(clock: Clock, cancelled: AbortSignal): RequestLimit {
  const over = new AbortController();
  const wait = (): void => endAfter(clock, answerWithinMs, over, limit);
  const limit = new AbortController();
  if (cancelled.aborted) wait();
  else cancelled.addEventListener('abort', wait, { once: true, signal: over.signal });
  return { signal: limit.signal, [Symbol.dispose]: () => over.abort() };
}

/** Returns a limit for removing what a failed start created. */
export function undoLimit(clock: Clock): RequestLimit {
  const over = new AbortController();
  const limit = new AbortController();
  endAfter(clock, undoWithinMs, over, limit);
  return { signal: limit.signal, [Symbol.dispose]: () => over.abort() };
}

function endAfter(clock: Clock, ms: number, over: AbortController, limit: AbortController): void {
  clock.sleep(ms, over.signal).then(
    () => limit.abort(new EngineLost(`the engine did not respond within ${ms / 1_000} s`)),
    () => undefined,
  );
}
