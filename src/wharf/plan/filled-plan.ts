import type { Plan, PlannedVariable, UsedVariable } from '../../model/plan.ts';
import { filledIn, hiddenSecrets, valuesOf } from '../vars/filled-in.ts';
import type { PlannedPipeline } from './plan-pipeline.ts';

/** Returns the plan of a run for people: after substitution, with secrets masked. */
export function filledPlan({ plan, variables }: PlannedPipeline): Plan {
  const values = valuesOf(variables.map(storedAs), hiddenSecrets);
  return {
    stages: plan.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) => ({ ...step, spec: filledIn(step.spec, values) })),
    })),
  };
}

/** Returns the variable as the log would store it, without the hash. */
function storedAs(variable: PlannedVariable): UsedVariable {
  if (!('secret' in variable)) return variable;
  return { name: variable.name, source: variable.source, secretHash: '' };
}
