import type { WharfStepSpec } from '../specs/specs.ts';
/**
 * A `.wharf-ci.yml` after its checks: every value has the right type, every name that it uses within the file exists.
 * Variables are not filled in yet, since that takes a selection (`plan/`).
 */
import type { Report } from '../../diagnostics/problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import type { RunCondition, StepPolicy } from '../../model/plan.ts';
import type { Scalar } from '../vars/variables.ts';
import type { Text } from '../../diagnostics/yaml/read-scalar.ts';

export interface PipelineDefinition {
  readonly inputs: readonly InputDefinition[];
  readonly environments: readonly EnvironmentDefinition[];
  readonly stages: readonly StageDefinition[];
}

export type InputType = 'string' | 'number' | 'choice' | 'password';

export interface InputDefinition {
  readonly name: string;
  readonly type: InputType;
  readonly default: WrittenScalar;
  /** Whether the file gives a default: a password without one is asked for. */
  readonly hasDefault: boolean;
  /** Of a choice. */
  readonly values: readonly string[];
  readonly at: Span;
}

export interface EnvironmentDefinition {
  readonly name: string;
  readonly at: Span;
  readonly variables: readonly { readonly name: string; readonly value: WrittenScalar; readonly at: Span }[];
}

/** A value with its type, and with the text that it is written as. */
export interface WrittenScalar extends Text {
  readonly value: Scalar;
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
  readonly spec: WharfStepSpec;
  /** Every text of the specification that has variables in it, or something to be held to once they are filled in. */
  readonly texts: readonly VariableText[];
  /** What it asks of the operator's file by name. */
  readonly names: readonly NameUse[];
}

/** A name that only the operator's file can give a meaning to (docs/design/product.md, "Who decides what"). */
export interface NameUse {
  readonly kind: 'secret' | 'cluster' | 'certificates' | 'serviceAccount';
  /** The name, with variables in it; of `certificates`, of which there is one set only, where they go. */
  readonly text: Text;
  /** How messages call the field. */
  readonly field: string;
  /**
   * Of a secret: the keys that have to be in it, as far as they are known; of several sets of them any one is enough.
   */
  readonly keys?: readonly (readonly string[])[];
  /** A default that no file wrote: used if it is mapped. */
  readonly optional?: true;
  /** The name where a variable in `text` is not defined. */
  readonly otherwise?: string;
  /** Whether anything is asked for at all, given the text with its variables filled in. */
  readonly when?: (filled: string) => boolean;
}

/** A text of a step's specification, and what holds for it when its variables are filled in. */
export interface VariableText extends Text {
  /** How messages call it. */
  readonly field: string;
  /** `keep`: an undefined `${name}` is left as it is, and people are told once; `ignore`: they are not told. */
  readonly whenUndefined: 'keep' | 'error' | 'ignore';
  readonly mayBeEmpty: boolean;
  /**
   * A secret may stand in it: `allowed`, since nobody but the step gets to read it; `kept`: what the step makes has it
   * in it, which is warned about. Everywhere else it is refused.
   */
  readonly secrets?: 'allowed' | 'kept';
  /** What has to hold once it is filled in; not asked of texts that have secrets in them. */
  readonly rule?: (filled: string, text: VariableText, report: Report) => void;
}

export function hasVariable({ text }: Pick<Text, 'text'>): boolean {
  return text.includes('${');
}
