import type { StepDecorator } from '../step-runner.ts';

/**
 * Retries interrupted attempts of kinds that no other process can adopt. A new attempt keeps the outputs apart.
 * @param kinds that cannot be adopted
 */
export function restarted(kinds: ReadonlySet<string>): StepDecorator {
  return (inner) => ({
    async run(step, work) {
      if (work.begun === undefined || work.signal.aborted || !kinds.has(step.spec.kind))
        return await inner.run(step, work);
      return await inner.run(
        step,
        await work.nextAttempt({
          code: 'interrupted',
          detail: 'the process of Slipway that ran this step died; retrying from the start',
        }),
      );
    },
  });
}
