import type { CancelReason, Failure, SkipReason } from '../model/outcome.ts';
import type { Phase } from '../model/plan.ts';
import { currentIteration, type RunState, type StepState } from './run-state.ts';

/** How a step ended, or where it stands. */
export interface StepStanding {
  readonly status: StepState['status'];
  readonly failure?: Failure;
  /** Why it was cancelled or skipped. */
  readonly because?: CancelReason | SkipReason;
}

/** Returns the steps of a phase in the order of the plan, also those that never started. Empty before the plan. */
export function stepsOfPhase(state: RunState, phase: Phase): readonly StepState[] {
  const stages = currentIteration(state)?.stages ?? [];
  return stages.filter(({ planned }) => planned.phase === phase).flatMap(({ steps }) => steps);
}

export function standingOf({ status, outcome }: StepState): StepStanding {
  return {
    status,
    ...(outcome?.status === 'failed' && { failure: outcome.failure }),
    ...((outcome?.status === 'cancelled' || outcome?.status === 'skipped') && { because: outcome.because }),
  };
}

/**
 * Returns a text of a stored specification, which is data here. Absent if it is none, such as a text with a secret, which is not
 * shown.
 * @param path the names of fields from the specification on
 */
export function textIn({ planned }: StepState, ...path: readonly string[]): string | undefined {
  let value: unknown = planned.spec;
  for (const field of path)
    value =
      typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}
