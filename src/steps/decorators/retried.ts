import type { Failure } from '../../model/outcome.ts';
import type { StepDecorator } from '../step-runner.ts';

/** Retries a failed step as often as its policy allows. */
export const retried: StepDecorator = (inner) => ({
  async run(step, firstWork) {
    let work = firstWork;
    for (;;) {
      const result = await inner.run(step, work);
      const { outcome } = result;
      const left = step.policy.retries + 1 - work.attempt;
      if (outcome.status !== 'failed' || left <= 0 || !isRetryable(outcome.failure)) return result;
      if (firstWork.signal.aborted || firstWork.atOnce.aborted) return result;
      work = await work.nextAttempt(outcome.failure);
    }
  },
});

/** Reports whether another attempt could succeed. Bugs of Slipway and unsupported requests stay the same. */
function isRetryable(failure: Failure): boolean {
  switch (failure.code) {
    case 'internal':
    case 'unsupported':
    case 'file-error':
    case 'artifact-refused':
    case 'file-missing':
      return false;
    default:
      return true;
  }
}
