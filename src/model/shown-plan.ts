import { maskText } from './mask-text.ts';
import type { PlannedStage, StepSpec, UsedVariable } from './plan.ts';
import { changeTexts } from './spec-texts.ts';
import { isParts, type StoredStage, type StoredText, type StoredValue, type StoredVariable } from './stored-plan.ts';

/** Returns a stored text for people. Secrets become `***`. */
export function shownText(stored: StoredText): string {
  if (typeof stored === 'string') return stored;
  let shown = '';
  let hidden = false;
  for (const part of stored.parts) {
    const isSecret = typeof part !== 'string' && 'secret' in part;
    if (!isSecret) shown += typeof part === 'string' ? part : part.lost;
    else if (!hidden) shown += maskText;
    hidden = isSecret;
  }
  return shown;
}

/** For people. Must not be run. */
export function shownSpec(spec: object): StepSpec {
  return changeTexts(spec, { text: shownText }) as StepSpec;
}

/** For people. Must not be run. */
export function shownStages(stages: readonly StoredStage[]): readonly PlannedStage[] {
  return stages.map((stage) => ({
    ...stage,
    steps: stage.steps.map((step) => ({
      ...step,
      artifacts: step.artifacts.map(shownText),
      cache: step.cache.map(shownText),
      spec: shownSpec(step.spec),
    })),
  }));
}

/** For people. A secret that a value refers to keeps its name. */
export function shownVariables(variables: readonly StoredVariable[]): readonly UsedVariable[] {
  return variables.map((variable): UsedVariable => {
    if ('secretHash' in variable) return variable;
    if ('parts' in variable)
      return {
        ...variable,
        parts: variable.parts.map((part) => (typeof part === 'string' || isParts(part) ? shownText(part) : part)),
      };
    const { text, ...rest } = variable;
    return { ...rest, value: shownValue(variable.value), ...(text !== undefined && { text: shownText(text) }) };
  });
}

function shownValue(value: StoredValue): unknown {
  if (typeof value === 'string' || isParts(value)) return shownText(value);
  return typeof value === 'object' && value !== null ? shownText(value.json) : value;
}
