import type { RunState } from '../events/run-state.ts';
import { exitCodes } from './host.ts';

/** Returns the exit code for the end of a run (docs/design/product.md, "Command line"). */
export function exitCodeOf(run: Pick<RunState, 'status' | 'because'>): number {
  switch (run.status) {
    case 'succeeded':
    case 'skipped':
      return exitCodes.succeeded;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'failed':
      if (run.because === 'configuration') return exitCodes.usage;
      return run.because === 'runtime' || run.because === 'store' ? exitCodes.unavailable : exitCodes.failed;
    case 'queued':
    case 'inProgress':
      // The run's owner died before the run ended.
      return exitCodes.unavailable;
  }
}
