import { wharfKinds } from '../steps/wharf-kinds.ts';
import { problem } from '../problem.ts';
import { quoted } from '../../util/visible.ts';
import { longestArgument } from '../../model/argument-limit.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { PlannedStage, PlannedStep, UsedVariable } from '../../model/plan.ts';
import { changeTexts } from '../../model/spec-texts.ts';
import type { RunSecrets } from '../../secrets/run-secrets.ts';
import type { WrittenPlan } from '../../secrets/stored-plan.ts';
import { isVariableName } from '../../steps/workload/make-workload-spec.ts';
import { filledIn, valuesOf } from '../vars/filled-in.ts';
import { pieces } from '../vars/placeholder.ts';
import type { Values } from '../vars/substitute.ts';
import { longestPlan, longestValue } from '../vars/variables.ts';

/**
 * Reports what is too large once secrets are substituted. Planning checks the same without secrets.
 * @param runs reports whether a step will run
 */
export function checkSizes(
  { stages, variables }: WrittenPlan,
  secrets: RunSecrets,
  runs: (stage: PlannedStage, step: PlannedStep) => boolean,
): readonly Diagnostic[] {
  const large = variables.filter((variable) => valueLength(variable, secrets) > longestValue);
  if (large.length > 0) return large.map(({ name }) => problem('W038', undefined, { name }));
  const values = valuesOf(
    variables.filter((variable) => !('mapped' in variable)),
    secrets.inputs,
  );
  const steps = stages.flatMap((stage) => stage.steps.filter((step) => runs(stage, step)));
  let units = 0;
  for (const step of steps) {
    units += filledLength(step, values);
    if (units > longestPlan)
      return [problem('W049', step.declaredAt, { field: quoted(step.name), limit: longestPlan })];
  }
  return steps.flatMap((step) => largeVariables(step, values, secrets));
}

/** Returns the length in UTF-16 units, without building the value. A secret alone may have any length. */
function valueLength(variable: UsedVariable, { inputs }: RunSecrets): number {
  if (!('parts' in variable)) return 0;
  return variable.parts.reduce(
    (sum, part) => sum + (typeof part === 'string' ? part : (inputs.get(part.secret) ?? '')).length,
    0,
  );
}

function filledLength({ spec }: PlannedStep, values: Values): number {
  let units = 0;
  changeTexts(spec, {
    text(text) {
      for (const piece of typeof text === 'string' ? pieces(text) : []) {
        units += ('literal' in piece ? piece.literal : (values.get(piece.name) ?? piece.raw)).length;
      }
      return text;
    },
  });
  return units;
}

/** Returns the environment variables of a step that are too large for Linux. */
function largeVariables(step: PlannedStep, values: Values, secrets: RunSecrets): readonly Diagnostic[] {
  return environmentOf(filledIn(step.spec, values), secrets).flatMap(({ field, text }) => {
    const bytes = Buffer.byteLength(text);
    return bytes > longestArgument ? [problem('W047', step.declaredAt, { field, bytes, limit: longestArgument })] : [];
  });
}

interface EnvironmentVariable {
  /** The name in messages. */
  readonly field: string;
  /** `NAME=value` */
  readonly text: string;
}

function environmentOf(spec: PlannedStep['spec'], { operator }: RunSecrets): readonly EnvironmentVariable[] {
  const env = 'env' in spec ? (spec.env as Readonly<Record<string, string>>) : {};
  const own = Object.entries(env).map(([name, value]) => ({
    field: `\`env\` ${quoted(name)}`,
    text: `${name}=${value}`,
  }));
  const secretName = wharfKinds.of(spec).uses(spec).environment;
  if (secretName === undefined) return own;
  // The step's own `env` overrides the keys of the secret.
  const keys = [...(operator.get(secretName) ?? [])].filter(([key]) => isVariableName(key) && !Object.hasOwn(env, key));
  const theirs = keys.map(([key, value]) => ({
    field: `key ${quoted(key)} of secret ${quoted(secretName)}`,
    text: `${key}=${value}`,
  }));
  return [...own, ...theirs];
}
