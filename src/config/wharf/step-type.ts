import type { LocatedEntry } from '../../diagnostics/located.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { StepSpec } from '../../model/plan.ts';
import type { UnsupportedStepSpec, VariableText } from './definition.ts';

/** What one kind of step looks like in a pipeline file. A new kind is a file beside `container.ts` and a line in `step-types.ts`. */
export interface StepType {
  /** @param entry the type's key with its fields; nothing is returned only when what it lacks has been reported */
  check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined;
}

/** Fields of the step beside its type that become part of its specification. */
export interface StepSurroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
}

export interface CheckedWork {
  readonly spec: StepSpec | UnsupportedStepSpec;
  readonly texts: readonly VariableText[];
}
