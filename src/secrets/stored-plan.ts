import type { Plan, PlannedStage, PlannedStep, StepSpec, UsedVariable, ValuePart } from '../model/plan.ts';
import { changeTexts, type TextPath } from '../model/spec-texts.ts';
import {
  isParts,
  type StoredPlan,
  type StoredStage,
  type StoredStep,
  type StoredText,
  type StoredValue,
  type StoredVariable,
} from '../model/stored-plan.ts';
import { shownText } from '../model/shown-plan.ts';
import type { Mask } from './mask.ts';
import type { SecretName, ValueOfSecret } from './named-secrets.ts';
import type { RunSecrets } from './run-secrets.ts';
import { restoreText, TextStorer } from './stored-text.ts';

/** A plan as it runs, with all texts as written. */
export interface WrittenPlan extends Plan {
  readonly variables: readonly UsedVariable[];
}

/** Returns a plan in the form of the log. Rejects with the signal's reason. */
export async function storePlan(
  { stages, variables }: WrittenPlan,
  secrets: RunSecrets,
  mask: Mask,
  signal: AbortSignal,
): Promise<StoredPlan> {
  // Process the texts in turns of the event loop, then insert all of them at once.
  const texts = new Map<string, StoredText>();
  const collect = (text: string): StoredText => {
    texts.set(text, text);
    return text;
  };
  stages.forEach((stage) => storedStage(stage, collect));
  variables.forEach((variable) => storedVariable(variable, collect));
  const storer = new TextStorer(secrets, mask);
  for (const text of mask.active ? texts.keys() : []) texts.set(text, await storer.store(text, signal));
  const store = (text: string): StoredText => texts.get(text) ?? text;
  return {
    stages: stages.map((stage) => storedStage(stage, store)),
    variables: variables.map((variable) => storedVariable(variable, store)),
  };
}

type Store = (text: string) => StoredText;

function storedStage(stage: PlannedStage, store: Store): StoredStage {
  return { ...stage, steps: stage.steps.map((step) => storedStep(step, store)) };
}

function storedStep(step: PlannedStep, store: Store): StoredStep {
  const spec = changeTexts(step.spec, {
    text: (text) => (typeof text === 'string' ? store(text) : text),
  }) as StoredStep['spec'];
  return { ...step, artifacts: step.artifacts.map(store), cache: step.cache.map(store), spec };
}

function storedVariable(variable: UsedVariable, store: Store): StoredVariable {
  if ('secretHash' in variable) return variable;
  if ('parts' in variable)
    return { ...variable, parts: variable.parts.map((part) => (typeof part === 'string' ? store(part) : part)) };
  const { text, ...rest } = variable;
  return { ...rest, value: storedValue(variable.value, store), ...(text !== undefined && { text: store(text) }) };
}

function storedValue(value: unknown, store: Store): StoredValue {
  if (typeof value === 'string') return store(value);
  const json = store(JSON.stringify(value));
  return typeof json === 'string' ? (value as StoredValue) : { json };
}

/** Returns the secrets that are needed to restore a stored plan. */
export function referencesOf({ stages, variables }: StoredPlan): readonly SecretName[] {
  const found: SecretName[] = [];
  const add = (text: StoredText): StoredText => {
    if (isParts(text))
      for (const part of text.parts) if (typeof part !== 'string' && 'secret' in part) found.push(part);
    return text;
  };
  for (const step of stages.flatMap((stage) => stage.steps)) {
    [...step.artifacts, ...step.cache].forEach(add);
    changeTexts(step.spec, { text: add });
  }
  for (const variable of variables) textsOfVariable(variable).forEach(add);
  return found;
}

function textsOfVariable(variable: StoredVariable): readonly StoredText[] {
  if ('secretHash' in variable) return [];
  if ('parts' in variable) return variable.parts.filter((part) => typeof part === 'string' || isParts(part));
  const { value, text } = variable;
  const own =
    typeof value === 'string' || isParts(value)
      ? [value]
      : typeof value === 'object' && value !== null
        ? [value.json]
        : [];
  return text === undefined ? own : [...own, text];
}

/** A field that cannot be restored exactly. */
export interface LostField {
  readonly step: StoredStep;
  readonly stage: StoredStage;
  /** For people: `cmds[1]`, `env.TARGET`, or a variable. */
  readonly field: string;
  /** The secret that is missing or changed. Absent if the log contains no reference. */
  readonly secret?: SecretName;
}

export interface RestoredPlan extends WrittenPlan {
  /** The fields that could not be restored. They contain masked texts, so their steps must not run. */
  readonly lost: readonly LostField[];
}

/** What the language of a plan's front end says about its steps. */
export interface PlanLanguage {
  /** Returns the name of a field as the configuration file has it. */
  fieldName(path: TextPath): string;
  /** Reports whether a step may use a variable. If in doubt, it may. */
  mayUse(spec: StepSpec, variable: string): boolean;
}

/**
 * Restores a plan as written.
 * @param valueOf returns `undefined` for a secret that differs from the stored plan's
 */
export function restorePlan(stored: StoredPlan, valueOf: ValueOfSecret, language: PlanLanguage): RestoredPlan {
  const lost: LostField[] = [];
  const variables = stored.variables.map((variable) => restoredVariable(variable, valueOf));
  const unknown = new Map(
    variables.flatMap(({ missing, variable }) => (missing === undefined ? [] : [[variable.name, missing] as const])),
  );
  const stages = stored.stages.map((stage): PlannedStage => {
    const steps = stage.steps.map((step): PlannedStep => {
      const report = (field: string, missing: Missing) => void lost.push({ step, stage, field, ...missing });
      const restored = restoredStep(step, valueOf, language, report);
      for (const [name, missing] of unknown)
        if (language.mayUse(restored.spec, name)) report(`the variable \`${name}\``, missing);
      return restored;
    });
    return { ...stage, steps };
  });
  return { stages, variables: variables.map(({ variable }) => variable), lost };
}

type Missing = Pick<LostField, 'secret'>;

function restoredStep(
  step: StoredStep,
  valueOf: ValueOfSecret,
  language: PlanLanguage,
  report: (field: string, missing: Missing) => void,
): PlannedStep {
  const restore = (text: StoredText, path: TextPath): string => {
    const restored = restoreText(text, valueOf);
    if (typeof restored === 'string') return restored;
    report(language.fieldName(path), missingOf(restored));
    return shownText(text);
  };
  const list = (field: string, texts: readonly StoredText[]) => texts.map((text, i) => restore(text, [field, i]));
  const spec = changeTexts(step.spec, { text: restore }) as StepSpec;
  return { ...step, artifacts: list('artifacts', step.artifacts), cache: list('cache', step.cache), spec };
}

function missingOf(part: Exclude<ReturnType<typeof restoreText>, string>): Missing {
  return 'lost' in part ? {} : { secret: part };
}

interface RestoredVariable {
  readonly variable: UsedVariable;
  readonly missing?: Missing;
}

function restoredVariable(variable: StoredVariable, valueOf: ValueOfSecret): RestoredVariable {
  if ('secretHash' in variable) return { variable };
  let missing: Missing | undefined;
  const restore = (text: StoredText): string => {
    const restored = restoreText(text, valueOf);
    if (typeof restored === 'string') return restored;
    missing = missingOf(restored);
    return shownText(text);
  };
  const restored = withTexts(variable, restore);
  return missing === undefined ? { variable: restored } : { variable: restored, missing };
}

function withTexts(
  variable: Exclude<StoredVariable, { readonly secretHash: string }>,
  restore: (text: StoredText) => string,
): UsedVariable {
  if ('parts' in variable) {
    return {
      ...variable,
      parts: variable.parts.map((part): ValuePart =>
        typeof part === 'string' || isParts(part) ? restore(part) : part,
      ),
    };
  }
  const { value, text, ...rest } = variable;
  return { ...rest, value: restoredValue(value, restore), ...(text !== undefined && { text: restore(text) }) };
}

function restoredValue(value: StoredValue, restore: (text: StoredText) => string): unknown {
  if (typeof value === 'string' || isParts(value)) return restore(value);
  if (typeof value !== 'object' || value === null) return value;
  const text = restore(value.json);
  try {
    return JSON.parse(text);
  } catch {
    // Lost: use the masked text.
    return text;
  }
}
