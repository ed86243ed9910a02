/**
 * A checked `.wharf-ci.yml`. Every value has the right type, and every name that refers to the file itself exists.
 * Variables are not substituted yet: their values depend on the selection (`plan/`).
 */
import type { WharfStepSpec } from '../specs/specs.ts';
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
  /** Whether the file has a default. Slipway asks for a password without one. */
  readonly hasDefault: boolean;
  /** Only for a choice. */
  readonly values: readonly string[];
  readonly at: Span;
}

export interface EnvironmentDefinition {
  readonly name: string;
  readonly at: Span;
  readonly variables: readonly { readonly name: string; readonly value: WrittenScalar; readonly at: Span }[];
}

/** A value with its type and its text as written. */
export interface WrittenScalar extends Text {
  readonly value: Scalar;
}

export interface StageDefinition {
  readonly name: string;
  /** The key. */
  readonly at: Span;
  readonly runsIf: RunCondition;
  /** The stage runs only with one of these environments. If empty, it always runs. */
  readonly environments: readonly string[];
  readonly steps: readonly StepDefinition[];
}

export interface StepDefinition {
  /** Unique in its stage. */
  readonly name: string;
  /** The key. */
  readonly at: Span;
  readonly policy: StepPolicy;
  readonly artifacts: readonly string[];
  readonly cache: readonly string[];
  /** Before substitution. */
  readonly spec: WharfStepSpec;
  /** Every text of the specification that contains variables, or that has a rule to check after substitution. */
  readonly texts: readonly VariableText[];
  /** Names that the operator's file maps. */
  readonly names: readonly NameUse[];
}

/** A name that only the operator's file can resolve (docs/design/product.md, "Who decides what"). */
export interface NameUse {
  readonly kind: 'secret' | 'cluster' | 'certificates' | 'serviceAccount';
  /** The name before substitution. For `certificates`, of which there is only one set, the mount path. */
  readonly text: Text;
  /** The field's name in messages. */
  readonly field: string;
  /** For a secret: the required keys, as far as they are known. Any one of the sets is enough. */
  readonly keys?: readonly (readonly string[])[];
  /** A default that the file does not contain. Used only if it is mapped. */
  readonly optional?: true;
  /** The name to use if a variable in `text` is undefined. */
  readonly otherwise?: string;
  /** Whether the step needs the name at all, given the text after substitution. */
  readonly when?: (filled: string) => boolean;
}

/** A text of a step's specification, with the rules for its value after substitution. */
export interface VariableText extends Text {
  /** The text's name in messages. */
  readonly field: string;
  /** `keep` leaves an undefined `${name}` as it is and reports it once. `ignore` does not report it. */
  readonly whenUndefined: 'keep' | 'error' | 'ignore';
  readonly mayBeEmpty: boolean;
  /**
   * Whether the text may contain a secret. `allowed`: only the step reads it. `kept`: the step's result contains it, so
   * Slipway warns. Absent: an error.
   */
  readonly secrets?: 'allowed' | 'kept';
  /** Checks the text after substitution. Not called if the text contains secrets. */
  readonly rule?: (filled: string, text: VariableText, report: Report) => void;
}

export function hasVariable({ text }: Pick<Text, 'text'>): boolean {
  return text.includes('${');
}
