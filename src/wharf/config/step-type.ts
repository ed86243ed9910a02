import type { WharfStepSpec } from '../specs/specs.ts';
import type { LocatedEntry } from '../../diagnostics/yaml/located.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { NameUse, VariableText } from './definition.ts';

/**
 * What one kind of step looks like in a pipeline file. A new kind is a file beside `container.ts` and a line in
 * `step-types.ts`.
 */
export interface StepType {
  /** @param entry the type's key with its fields; nothing is returned only when what it lacks has been reported */
  check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined;
  /** Fields of ours beside the type that could do nothing, and are refused. */
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
