/**
 * A `.wharf-ci.yml` after its checks: every value has the right type, every name that it uses within the file exists. Variables
 * are not filled in yet, since that takes a selection (`plan/`).
 */
import type { Span } from '../../diagnostics/source-text.ts';
import type { RunCondition, StepPolicy, StepSpec } from '../../model/plan.ts';
import type { Text } from '../read-scalar.ts';

export interface PipelineDefinition {
  readonly inputs: readonly InputDefinition[];
  readonly environments: readonly EnvironmentDefinition[];
  readonly stages: readonly StageDefinition[];
}

export type InputType = 'string' | 'number' | 'choice' | 'password';

export interface InputDefinition {
  readonly name: string;
  readonly type: InputType;
  readonly default: Text;
  /** Of a choice. */
  readonly values: readonly string[];
  readonly at: Span;
}

export interface EnvironmentDefinition {
  readonly name: string;
  readonly at: Span;
  readonly variables: readonly { readonly name: string; readonly value: Text; readonly at: Span }[];
}

export interface StageDefinition {
  readonly name: string;
  /** Its key. */
  readonly at: Span;
  readonly runsIf: RunCondition;
  /** The only ones that it runs with; empty: with any and with none. */
  readonly environments: readonly string[];
  readonly steps: readonly StepDefinition[];
}

export interface StepDefinition {
  /** Unique in its stage. */
  readonly name: string;
  /** Its key. */
  readonly at: Span;
  readonly policy: StepPolicy;
  readonly artifacts: readonly string[];
  readonly cache: readonly string[];
  /** Before variables are filled in. */
  readonly spec: StepSpec | UnsupportedStepSpec;
  /** Every text of the specification that has variables in it. */
  readonly texts: readonly VariableText[];
}

/** A type of the language that this version cannot run, with its fields as they are written: in the definition, but in no plan. */
export interface UnsupportedStepSpec {
  readonly kind: 'unsupported';
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A text of a step's specification, and what holds for it when its variables are filled in. */
export interface VariableText extends Text {
  /** How messages call it. */
  readonly field: string;
  /** `keep`: an undefined `${name}` is left to the shell. */
  readonly whenUndefined: 'keep' | 'error';
  readonly mayBeEmpty: boolean;
}

export function hasVariable({ text }: Text): boolean {
  return text.includes('${');
}
