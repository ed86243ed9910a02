import { endedBy, stopOf, type StepResult, type StepWork } from './step-runner.ts';

/**
 * Runs the work of a step unless it is stopped already. A stop at once ends the work too: it does not wait for a platform that
 * does not answer. Work that is cancelled has the outcome of the stop, such as an expired timeout.
 * @param run gets the signal of both kinds of stops
 */
export async function untilStopped(work: StepWork, run: (work: StepWork) => Promise<StepResult>): Promise<StepResult> {
  if (work.signal.aborted) return { outcome: endedBy(work.signal), artifacts: [] };
  const result = await run({ ...work, signal: AbortSignal.any([work.signal, work.atOnce]) });
  return result.outcome.status === 'cancelled' ? { ...result, outcome: endedBy(stopOf(work)) } : result;
}
