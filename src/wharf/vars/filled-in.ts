import { maskText } from '../../model/mask-text.ts';
import type { StepSpec, UsedVariable, ValuePart } from '../../model/plan.ts';
import { changeTexts } from '../../model/spec-texts.ts';
import { substitute, type Values } from './substitute.ts';
import type { Scalar } from './variables.ts';

type Secrets = Pick<ReadonlyMap<string, string>, 'get'>;

/** Masks every secret, for output to people. */
export const hiddenSecrets: Secrets = { get: () => maskText };

/**
 * @param secrets of the inputs, by name
 */
export function valuesOf(variables: readonly UsedVariable[], secrets: Secrets): Values {
  return new Map(variables.map((variable) => [variable.name, valueOf(variable, secrets)]));
}

function valueOf(variable: UsedVariable, secrets: Secrets): string {
  if ('parts' in variable)
    return variable.parts
      .map((part: ValuePart) => (typeof part === 'string' ? part : (secrets.get(part.secret) ?? '')))
      .join('');
  if ('secretHash' in variable) return secrets.get(variable.name) ?? '';
  const value = variable.value as Scalar;
  return variable.text ?? (value === null ? '' : String(value));
}

/**
 * Returns a step's specification after substitution, for the step's executor. The plan stores specifications as
 * written, with the variables beside them, so every attempt and resumption does this again. Undefined names and flags
 * with an undefined variable stay as they are.
 */
export function filledIn<Spec extends StepSpec>(spec: Spec, values: Values): Spec {
  return changeTexts(spec, {
    text: (text) => (typeof text === 'string' ? substitute(text, (name) => values.get(name)) : text),
    flag(variable) {
      const filled = values.get(variable);
      return filled === undefined ? { variable } : filled === 'true';
    },
  }) as Spec;
}
