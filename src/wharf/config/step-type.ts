import type { WharfStepSpec } from '../specs/specs.ts';
import type { LocatedEntry } from '../../diagnostics/yaml/located.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { NameUse, VariableText } from './definition.ts';

/**
 * One step type of a pipeline file. To add one, write a file beside `container.ts` and add a line to `step-types.ts`.
 */
export interface StepType {
  /**
   * Returns `undefined` only after reporting what is missing.
   * @param entry the type's key with its fields
   */
  check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined;
  /** Slipway's own fields that would have no effect on this type. Using one is an error. */
  readonly without?: readonly string[];
}

/** The step around its type: its name, and the fields beside the type that become part of the specification. */
export interface StepSurroundings {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
}

export interface CheckedWork {
  readonly spec: WharfStepSpec;
  readonly texts: readonly VariableText[];
  readonly names: readonly NameUse[];
}
