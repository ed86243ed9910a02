import type { StepSpec } from '../../model/plan.ts';
import type { StepDecorator } from '../step-runner.ts';

/** Fills in the variables: the plan keeps specifications as they are written, and their values beside them. */
export function filled(fill: (spec: StepSpec) => StepSpec): StepDecorator {
  return (inner) => ({ run: async (step, work) => await inner.run({ ...step, spec: fill(step.spec) }, work) });
}
