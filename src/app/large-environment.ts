import { problem } from '../diagnostics/problem.ts';
import { quoted } from '../diagnostics/visible.ts';
import { longestArgument } from '../model/argument-limit.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlannedStage, PlannedStep, StepSpec } from '../model/plan.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { WrittenPlan } from '../secrets/stored-plan.ts';
import { isVariableName } from '../steps/workload-of.ts';
import { filledIn, valuesOf } from '../vars/filled-in.ts';

/** A variable of a step's environment that Linux does not take. */
interface Variable {
  readonly field: string;
  readonly text: string;
}

/**
 * The variables of environments that are too large with the secrets in them; those without were looked at when the plan was made.
 * @param runs whether a step is to be run
 */
export function largeEnvironment({ stages, variables }: WrittenPlan, secrets: RunSecrets, runs: (stage: PlannedStage, step: PlannedStep) => boolean): readonly Diagnostic[] {
  const values = valuesOf(variables.filter((variable) => !('mapped' in variable)), secrets.inputs);
  return stages.flatMap((stage) =>
    stage.steps
      .filter((step) => runs(stage, step))
      .flatMap((step) =>
        environmentOf(filledIn(step.spec, values), secrets).flatMap(({ field, text }) => {
          const bytes = Buffer.byteLength(text);
          return bytes > longestArgument ? [problem('W047', step.declaredAt, { field, bytes, limit: longestArgument })] : [];
        }),
      ),
  );
}

function environmentOf(spec: StepSpec, { operator }: RunSecrets): readonly Variable[] {
  const own = 'env' in spec ? Object.entries(spec.env).map(([name, value]) => ({ field: `\`env\` ${quoted(name)}`, text: `${name}=${value}` })) : [];
  if (spec.kind !== 'container' || spec.secretName === undefined) return own;
  const { secretName, env } = spec;
  // The step's own `env` wins.
  const keys = [...(operator.get(secretName) ?? [])].filter(([key]) => isVariableName(key) && !Object.hasOwn(env, key));
  return [...own, ...keys.map(([key, value]) => ({ field: `key ${quoted(key)} of secret ${quoted(secretName)}`, text: `${key}=${value}` }))];
}

/** What a new run runs. */
export function isSelected(stage: Pick<PlannedStage, 'notSelected'>, step: Pick<PlannedStep, 'notSelected'>): boolean {
  return stage.notSelected !== true && step.notSelected !== true;
}
