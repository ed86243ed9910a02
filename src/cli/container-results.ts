import { currentIteration, type RunState, type StepState } from '../events/run-state.ts';
import type { MoreResults } from './build-run.ts';

/** Where each phase has its results in the JSON document. */
const fields = { verify: 'verifications', exec: 'containers' } as const;

/** Returns how each verification, or each container of an action, stands: also those that never started. */
export function containerResults(phase: keyof typeof fields): MoreResults {
  return (state) => ({ [fields[phase]]: state === undefined ? [] : resultsOf(state, phase) });
}

function resultsOf(state: RunState, phase: keyof typeof fields): readonly object[] {
  const stages = currentIteration(state)?.stages ?? [];
  return stages.filter(({ planned }) => planned.phase === phase).flatMap(({ steps }) => steps.map(resultOf));
}

function resultOf({ planned, status, outcome }: StepState): object {
  const { kind, image } = planned.spec as unknown as {
    readonly kind: string;
    readonly image?: { readonly name?: unknown };
  };
  return {
    name: planned.name,
    ...(typeof image?.name === 'string' && { image: image.name }),
    ...{ on: kind === 'job' ? 'cluster' : 'engine', status },
    ...(outcome?.status === 'failed' && { failure: outcome.failure }),
    ...((outcome?.status === 'cancelled' || outcome?.status === 'skipped') && { because: outcome.because }),
  };
}
