import { failed, type Failure } from '../../model/outcome.ts';
import { toFileError } from '../../util/file-error.ts';
import { endedBy, type StepDecorator } from '../step-runner.ts';

/**
 * The one place that catches (docs/design/architecture.md, "Errors have three lanes"): a throw inside one step's
 * machinery becomes that step's `internal` failure and nothing else's; unless it was told to stop, when a rejection is
 * just how it stopped. What the system says of files is no mistake of ours: the disk is full, a file may not be read.
 */
export const guarded: StepDecorator = (inner) => ({
  async run(step, work) {
    try {
      return await inner.run(step, work);
    } catch (error) {
      if (work.signal.aborted || work.atOnce.aborted) {
        return { outcome: endedBy(work.signal.aborted ? work.signal : work.atOnce), artifacts: [] };
      }
      return { outcome: failed(failureOf(error)), artifacts: [] };
    }
  },
});

function failureOf(error: unknown): Failure {
  const file = toFileError(error);
  if (file?.code === 'disk-full') return { code: 'disk-full', where: 'this machine', detail: file.message };
  if (file !== undefined) return { code: 'file-error', detail: file.message };
  if (!(error instanceof Error)) return { code: 'internal', name: typeof error, message: String(error) };
  return {
    code: 'internal',
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
  };
}
