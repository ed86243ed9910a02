import type { RunState } from '../events/run-state.ts';
import { exitCodes } from './host.ts';

/** docs/design/product.md, "Command line": what the end of a run means to the shell. */
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
      // It did not end under our eyes: whoever drove it is gone.
      return exitCodes.unavailable;
  }
}
