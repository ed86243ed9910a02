import { currentIteration, type RunState } from '../events/run-state.ts';
import { deploymentsOf } from '../model/artifact.ts';
import type { MoreResults } from './build-run.ts';

/** Returns how each deployer stands, with every object of those that succeeded. */
export const deployResults: MoreResults = (state) => ({ deploys: state === undefined ? [] : resultsOf(state) });

function resultsOf(state: RunState): readonly object[] {
  const stages = currentIteration(state)?.stages ?? [];
  return stages
    .filter(({ planned }) => planned.phase === 'deploy')
    .flatMap(({ steps }) => steps)
    .map(({ planned, status, outcome, artifacts }) => ({
      name: planned.name,
      status,
      ...(outcome?.status === 'failed' && { failure: outcome.failure }),
      objects: deploymentsOf(artifacts).flatMap(({ objects }) => objects),
    }));
}
