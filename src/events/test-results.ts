import type { CancelReason, Failure, SkipReason } from '../model/outcome.ts';
import type { StoredStep } from '../model/stored-plan.ts';
import { currentIteration, type RunState, type StepState } from './run-state.ts';

/** How one test of an image ended, or where it stands. */
export interface TestResult {
  /** Unique in the run: `IMAGE/custom-1`, `IMAGE/FILE`. */
  readonly name: string;
  /** The name of the image in the configuration. */
  readonly image: string;
  /** The image that is tested, with its tag or digest. */
  readonly reference: string;
  readonly status: StepState['status'];
  readonly failure?: Failure;
  /** Why it was cancelled or skipped. */
  readonly because?: CancelReason | SkipReason;
}

/**
 * Returns a result for every test of a run, in the order of the configuration, also for those that never started. It is true at
 * every moment of the run.
 */
export function testResults(state: RunState): readonly TestResult[] {
  const stages = currentIteration(state)?.stages ?? [];
  return stages
    .filter(({ planned }) => planned.phase === 'test')
    .flatMap(({ steps }) => steps)
    .map(({ planned, status, outcome }): TestResult => ({
      name: planned.name,
      ...{ image: textOf(planned, 'image'), reference: textOf(planned, 'reference'), status },
      ...(outcome?.status === 'failed' && { failure: outcome.failure }),
      ...((outcome?.status === 'cancelled' || outcome?.status === 'skipped') && { because: outcome.because }),
    }));
}

/** Returns a field of a stored specification, which is data here. A text with a secret is not shown. */
function textOf({ spec }: StoredStep, field: string): string {
  const value = (spec as unknown as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : '';
}
