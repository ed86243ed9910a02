import { failed } from '../../model/outcome.ts';
import { endedBy, type StepDecorator } from '../step-runner.ts';

/**
 * The one place that catches (architecture.md, "Errors have three lanes"): a throw inside one step's machinery becomes that
 * step's `internal` failure and nothing else's; unless it was told to stop, when a rejection is just how it stopped.
 */
export const guarded: StepDecorator = (inner) => ({
  async run(step, work) {
    try {
      return await inner.run(step, work);
    } catch (error) {
      if (work.signal.aborted || work.atOnce.aborted) {
        return { outcome: endedBy(work.signal.aborted ? work.signal : work.atOnce), artifacts: [] };
      }
      return { outcome: failed(internalFailure(error)), artifacts: [] };
    }
  },
});

function internalFailure(error: unknown): { code: 'internal'; name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { code: 'internal', name: typeof error, message: String(error) };
  return { code: 'internal', name: error.name, message: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
}
