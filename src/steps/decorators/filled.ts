import type { StepSpec } from '../../model/plan.ts';
import type { StepDecorator } from '../step-runner.ts';

/** Fills variables into the specification before each run. The plan keeps specifications as they are written. */
export function filled(fill: (spec: StepSpec) => StepSpec): StepDecorator {
  return (inner) => ({ run: async (step, work) => await inner.run({ ...step, spec: fill(step.spec) }, work) });
}
