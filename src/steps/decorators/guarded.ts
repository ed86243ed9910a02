import { failed, type Failure } from '../../model/outcome.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { toFileError } from '../../util/file-error.ts';
import { endedBy, stopOf, type StepDecorator } from '../step-runner.ts';

/**
 * Turns a throw into a failure of this step alone. No other code catches bugs (docs/design/architecture.md, "Errors
 * have three lanes").
 * A rejection after an abort is a cancelled or timed-out step. A refusal of the platform has its failure. A file error of the
 * system is `disk-full` or `file-error`. Everything else is `internal`.
 */
export const guarded: StepDecorator = (inner) => ({
  async run(step, work) {
    try {
      return await inner.run(step, work);
    } catch (error) {
      if (work.signal.aborted || work.atOnce.aborted) {
        return { outcome: endedBy(stopOf(work)), artifacts: [] };
      }
      return { outcome: failed(failureOf(error)), artifacts: [] };
    }
  },
});

function failureOf(error: unknown): Failure {
  if (error instanceof RuntimeRefused) return error.failure;
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
