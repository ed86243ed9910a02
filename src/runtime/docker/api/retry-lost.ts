import type { Clock } from '../../../model/clock.ts';
import { EngineClosed, EngineLost } from './engine-error.ts';

/** The pauses between retries when an engine restarts or its connections break. */
const pausesMs = [100, 400, 1_500];

/**
 * Retries an idempotent request for about two seconds while its response is lost. Throws `EngineLost` if no response
 * arrived, and the other errors of `ask`.
 * @param signal stops the retries
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
