import { currentIteration, type RunState, type StepState } from '../events/run-state.ts';
import { deploymentsOf } from '../model/artifact.ts';
import type { MoreResults } from './build-run.ts';

/** Returns how the render stands, and each deployer, with every object that it got to. */
export const deployResults: MoreResults = (state) => ({
  ...renderResult(state),
  deploys: state === undefined ? [] : resultsOf(state),
});

/** Returns how the render stands: its failure says which sources are wrong. Empty if there is none. */
export function renderResult(state: RunState | undefined): object {
  const [render] = state === undefined ? [] : stepsOf(state, 'render');
  return render === undefined ? {} : { render: resultOf(render) };
}

function stepsOf(state: RunState, phase: 'render' | 'deploy'): readonly StepState[] {
  const stages = currentIteration(state)?.stages ?? [];
  return stages.filter(({ planned }) => planned.phase === phase).flatMap(({ steps }) => steps);
}

function resultOf({ status, outcome }: StepState) {
  return { status, ...(outcome?.status === 'failed' && { failure: outcome.failure }) };
}

function resultsOf(state: RunState): readonly object[] {
  return stepsOf(state, 'deploy').map((step) => ({
    name: step.planned.name,
    ...resultOf(step),
    objects: deploymentsOf(step.artifacts).flatMap(({ objects }) => objects),
  }));
}
