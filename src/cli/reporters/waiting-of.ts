import type { StepState } from '../../events/run-state.ts';
import { describeObservation } from '../../words/describe-observation.ts';

/**
 * What a step waits for that has started and whose command has not: a machine of the cluster, an image. `undefined`: it
 * runs, or nobody has said.
 */
export function waitingOf({
  status,
  begun,
  lastFact,
  workload,
  streams,
}: Pick<StepState, 'status' | 'begun' | 'lastFact' | 'workload' | 'streams'>): string | undefined {
  if (status !== 'inProgress' || begun === true || lastFact === undefined || Object.keys(streams).length > 0)
    return undefined;
  if (lastFact.type === 'waiting') return lastFact.message;
  if (lastFact.type === 'image.pulling') return describeObservation(lastFact);
  if (workload === undefined) return undefined;
  // Before there is a workload what is noted is about the step.
  return lastFact.type === 'noted' ? lastFact.message : 'starting';
}
