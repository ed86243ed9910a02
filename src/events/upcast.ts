/**
 * Reads events of older formats. Every format stays readable: `test/fixtures/logs` has a log of each. An additive
 * change needs nothing here. A changed meaning increases `logFormat` and adds an entry to `steps`.
 */
import { maskText } from '../model/mask-text.ts';
import { changeTexts } from '../model/spec-texts.ts';
import type { StoredText } from '../model/stored-plan.ts';
import type { RunEvent } from './event.ts';

/** An event as stored: an object with a `type`, with the output bytes already in place. */
export type StoredRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

/** `steps[n]` converts a record of format `n` to format `n + 1`. */
const steps: Readonly<Record<number, (record: StoredRecord) => StoredRecord>> = { 1: withLostTexts };

/**
 * @param format the format of the record's log
 */
export function upcast(record: StoredRecord, format: number): RunEvent {
  let current = record;
  for (let from = format; steps[from] !== undefined; from++) current = steps[from]?.(current) ?? current;
  // Only events were ever stored. Folds ignore unknown types and fields.
  return current as unknown as RunEvent;
}

interface FirstPlan {
  readonly stages: readonly { readonly steps: readonly { readonly spec: object }[] }[];
  readonly variables: readonly FirstVariable[];
}

type FirstVariable = { readonly name: string } & Readonly<Record<string, unknown>>;

/**
 * Marks texts of format 1 that cannot be restored. That format stored plans with secrets masked, so the text behind
 * `***` is lost. It also stored `${name}` for a secret, which is ambiguous if the name contains `}`.
 */
function withLostTexts(record: StoredRecord): StoredRecord {
  if (record.type !== 'iteration.planned') return record;
  const { stages, variables } = record as unknown as FirstPlan;
  const secrets = variables.filter((variable) => 'secretHash' in variable);
  if (secrets.length === 0) return record;
  const unwritable = secrets.flatMap(({ name, mapped }) =>
    mapped === undefined && !isWritable(name) ? [`\${${name}}`] : [],
  );
  const isLost = (text: string) =>
    text.includes(maskText) || unwritable.some((placeholder) => text.includes(placeholder));
  const change = (text: StoredText): StoredText =>
    typeof text === 'string' && isLost(text) ? { parts: [{ lost: text }] } : text;
  return {
    ...record,
    stages: stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) => ({ ...step, spec: changeTexts(step.spec, { text: change }) })),
    })),
    variables: variables.map((variable) => variableWithLostTexts(variable, change)),
  };
}

/** Whether `${name}` refers to exactly this name. */
function isWritable(name: string): boolean {
  return name !== '' && name === name.trim() && !/^%.*%$|^%$|\}/s.test(name);
}

function variableWithLostTexts(variable: FirstVariable, change: (text: StoredText) => StoredText): FirstVariable {
  const changed = (value: unknown): unknown =>
    typeof value === 'string' ? change(value) : Array.isArray(value) ? value.map(changed) : value;
  const { value, text, parts } = variable;
  return {
    ...variable,
    ...(value !== undefined && { value: changed(value) }),
    ...(text !== undefined && { text: changed(text) }),
    ...(parts !== undefined && { parts: changed(parts) }),
  };
}
