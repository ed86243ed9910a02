import type { PlannedStage, UsedVariable, ValuePart } from '../model/plan.ts';
import type { Mask } from './mask.ts';
import { maskedPlace } from './masked-diagnostics.ts';

/** Values of secrets by the name that stands for each in a plan. */
export type NamedSecrets = ReadonlyMap<string, string>;

/**
 * The stages with `${name}` wherever a specification has the value of a secret in it, such as a default of a password that is written in
 * a command, too: the plan is stored, and a resumed run fills in the same again.
 */
export function withoutSecrets(stages: readonly PlannedStage[], secrets: NamedSecrets): readonly PlannedStage[] {
  const replace = replacing(secrets, (name) => `\${${name}}`);
  if (replace === undefined) return stages;
  const replaced = (text: string) => outsideOfPlaceholders(text, (literal) => replace(literal).join(''));
  return stages.map((stage) => ({ ...stage, steps: stage.steps.map((step) => ({ ...step, spec: withTexts(step.spec, replaced) })) }));
}

/** The variables with the name of a secret in place of its value where that is part of theirs. */
export function variablesWithoutSecrets(variables: readonly UsedVariable[], secrets: NamedSecrets): readonly UsedVariable[] {
  const cut = replacing<ValuePart>(secrets, (secret) => ({ secret }));
  if (cut === undefined) return variables;
  return variables.map((variable): UsedVariable => {
    if ('secretHash' in variable) return variable;
    const { name, source } = variable;
    const before = 'parts' in variable ? variable.parts : [variable.text ?? (typeof variable.value === 'string' ? variable.value : JSON.stringify(variable.value))];
    const parts = before.flatMap((part) => (typeof part === 'string' ? cut(part) : [part]));
    return parts.some((part) => typeof part !== 'string' && !before.includes(part)) ? { name, source, parts } : variable;
  });
}

/** The stages as people may see them: what no name can stand for, such as a secret in base64, is masked. */
export function maskedStages(mask: Mask, stages: readonly PlannedStage[]): readonly PlannedStage[] {
  if (!mask.active) return stages;
  const hidden = (text: string) => outsideOfPlaceholders(text, (literal) => mask.text(literal));
  return stages.map((stage) => ({
    ...stage,
    ...(stage.declaredAt !== undefined && { declaredAt: maskedPlace(mask, stage.declaredAt) }),
    steps: stage.steps.map((step) => ({
      ...step,
      spec: withTexts(step.spec, hidden),
      ...(step.declaredAt !== undefined && { declaredAt: maskedPlace(mask, step.declaredAt) }),
    })),
  }));
}

/** Cuts a text at the values of secrets, the longest first, and puts something else in their places; empty texts are left out. */
function replacing<T>(secrets: NamedSecrets, stand: (name: string) => T): ((text: string) => (string | T)[]) | undefined {
  const byValue = new Map([...secrets].filter(([, value]) => value !== '').map(([name, value]) => [value, name]));
  if (byValue.size === 0) return undefined;
  const longestFirst = [...byValue.keys()].sort((a, b) => b.length - a.length);
  const any = new RegExp(`(${longestFirst.map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')})`, 'g');
  return (text) => {
    if (!longestFirst.some((value) => text.includes(value))) return [text];
    // Every second piece is one that was looked for.
    const pieces: (string | T)[] = text.split(any).map((piece, i) => (i % 2 === 1 ? stand(byValue.get(piece) ?? '') : piece));
    return pieces.filter((piece) => piece !== '');
  };
}

/** What stands in `${…}` is a name, whatever it looks like. */
function outsideOfPlaceholders(text: string, change: (literal: string) => string): string {
  if (!text.includes('${')) return change(text);
  return text
    .split(/(\$\{[^}]*\})/)
    .map((piece, i) => (i % 2 === 1 ? piece : change(piece)))
    .join('');
}

/** A specification is data: its texts are changed, its keys are names and are left. */
function withTexts<T>(value: T, change: (text: string) => string): T {
  return deep(value, change) as T;
}

/** Which kind of specification it is: no text of the user's. */
const discriminator = 'kind';

function deep(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => deep(item, change));
  if (typeof value !== 'object' || value === null) return value;
  if ('variable' in value && Object.keys(value).length === 1) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === discriminator ? inner : deep(inner, change)]));
}
