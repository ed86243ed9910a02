import type { StepDecorator } from '../step-runner.ts';

/**
 * For work that cannot be gone on with by another process: an attempt that one began has failed with it, and another
 * one begins, so that the output of the two is not mixed.
 * @param kinds of steps that this is true of
 */
export function restarted(kinds: ReadonlySet<string>): StepDecorator {
  return (inner) => ({
    async run(step, work) {
      if (work.begun === undefined || work.signal.aborted || !kinds.has(step.spec.kind))
        return await inner.run(step, work);
      return await inner.run(
        step,
        await work.nextAttempt({
          code: 'runtime-lost',
          detail: 'it went on in a process that is gone, and begins again',
        }),
      );
    },
  });
}
