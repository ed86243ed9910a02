import type { Plan, UsedVariable } from '../../model/plan.ts';
import { filledIn, hiddenSecrets, valuesOf } from '../vars/filled-in.ts';
import type { PlannedVariable } from '../../model/plan.ts';
import type { PlannedPipeline } from './plan-pipeline.ts';

/** The plan as a run would have it, for people: variables filled in, secrets hidden. */
export function filledPlan({ plan, variables }: PlannedPipeline): Plan {
  const values = valuesOf(variables.map(storedAs), hiddenSecrets);
  return {
    stages: plan.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) => ({ ...step, spec: filledIn(step.spec, values) })),
    })),
  };
}

/** As it would stand in the log, but for the hash. */
function storedAs(variable: PlannedVariable): UsedVariable {
  if (!('secret' in variable)) return variable;
  return { name: variable.name, source: variable.source, secretHash: '' };
}
