import { standingOf, stepsOfPhase, textIn, type StepStanding } from './phase-steps.ts';
import type { RunState } from './run-state.ts';

/** How one test of an image ended, or where it stands. */
export interface TestResult extends StepStanding {
  /** Unique in the run: `IMAGE/custom-1`, `IMAGE/FILE`. */
  readonly name: string;
  /** The name of the image in the configuration. Empty, like the next one, if it has a secret. */
  readonly image: string;
  /** The image that is tested, with its tag or digest. */
  readonly reference: string;
}

/**
 * Returns a result for every test of a run, in the order of the configuration, also for those that never started. It is true at
 * every moment of the run.
 */
export function testResults(state: RunState): readonly TestResult[] {
  return stepsOfPhase(state, 'test').map((step): TestResult => ({
    name: step.planned.name,
    ...{ image: textIn(step, 'image') ?? '', reference: textIn(step, 'reference') ?? '' },
    ...standingOf(step),
  }));
}
