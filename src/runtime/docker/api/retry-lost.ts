import type { Clock } from '../../../model/clock.ts';
import { EngineClosed, EngineLost } from './engine-error.ts';

/** An engine that restarts, or one whose connections were cut, is asked again after these pauses. */
const pausesMs = [100, 400, 1_500];

/**
 * Asks again while the answer gets lost, for about two seconds. For requests that may be sent twice.
 * Throws `EngineLost` if no answer came, and everything else as `ask` does.
 * @param signal keeps it from asking again
 */
export async function retryLost<T>(clock: Clock, ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const pause = pausesMs[tries];
      if (!(error instanceof EngineLost) || error instanceof EngineClosed || pause === undefined || signal?.aborted)
        throw error;
      await clock.sleep(pause, signal).catch(() => undefined);
      if (signal?.aborted) throw error;
    }
  }
}
