import type { Clock } from '../../../model/clock.ts';
import { EngineLost } from './engine-error.ts';
import { onAbort } from '../../../util/abort.ts';
import { Deadline } from '../../../util/deadline.ts';

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
  const limit = new AbortController();
  let running: Deadline | undefined;
  const listener = onAbort(cancelled, () => {
    running = limitOf(clock, answerWithinMs);
    onAbort(running.signal, (reason) => limit.abort(reason));
  });
  return {
    signal: limit.signal,
    [Symbol.dispose]: () => {
      listener[Symbol.dispose]();
      running?.[Symbol.dispose]();
    },
  };
}

/** Returns a limit for removing what a failed start created. */
export function undoLimit(clock: Clock): RequestLimit {
  return limitOf(clock, undoWithinMs);
}

function limitOf(clock: Clock, ms: number): Deadline {
  const late = () => new EngineLost(`the engine did not respond within ${ms / 1_000} s`);
  return new Deadline(ms, late, [], clock);
}
