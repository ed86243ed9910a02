import { standingOf, stepsOfPhase } from '../events/phase-steps.ts';
import type { RunState, StepState } from '../events/run-state.ts';
import { deploymentsOf } from '../model/artifact.ts';
import type { MoreResults } from './build-run.ts';

/** Returns how the render stands, and each deployer, with every object that it got to. */
export const deployResults: MoreResults = (state) => ({
  ...renderResult(state),
  deploys: state === undefined ? [] : resultsOf(state),
});

/** Returns how the render stands: its failure says which sources are wrong. Empty if there is none. */
export function renderResult(state: RunState | undefined): object {
  const [render] = state === undefined ? [] : stepsOfPhase(state, 'render');
  return render === undefined ? {} : { render: resultOf(render) };
}

function resultOf(step: StepState): object {
  const { status, failure } = standingOf(step);
  return { status, ...(failure && { failure }) };
}

function resultsOf(state: RunState): readonly object[] {
  return stepsOfPhase(state, 'deploy').map((step) => ({
    name: step.planned.name,
    ...resultOf(step),
    objects: deploymentsOf(step.artifacts).flatMap(({ objects }) => objects),
  }));
}
