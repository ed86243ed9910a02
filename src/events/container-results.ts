import { standingOf, stepsOfPhase, textIn, type StepStanding } from './phase-steps.ts';
import type { RunState } from './run-state.ts';

/** How one verification ended, or one container of a custom action, or where it stands. */
export interface ContainerResult extends StepStanding {
  /** Unique in the run. */
  readonly name: string;
  /** The name of the image in the configuration. Absent if it is a secret. */
  readonly image?: string;
  /** Where it runs. */
  readonly on: 'engine' | 'cluster';
}

/**
 * Returns a result for every container of a run, in the order of the configuration, also for those that never started. It is true
 * at every moment of the run.
 */
export function containerResults(state: RunState, phase: 'verify' | 'exec'): readonly ContainerResult[] {
  return stepsOfPhase(state, phase).map((step): ContainerResult => {
    const image = textIn(step, 'image', 'name');
    return {
      name: step.planned.name,
      ...(image !== undefined && { image }),
      // Data of the log: descriptors of kinds belong to front ends.
      on: textIn(step, 'kind') === 'job' ? 'cluster' : 'engine',
      ...standingOf(step),
    };
  });
}
