import type { StepState } from '../../events/run-state.ts';
import { describeObservation } from '../../words/describe-observation.ts';

/**
 * Returns what a started step waits for before its command starts: a node, an image. Returns `undefined` if it runs or
 * the cause is unknown.
 */
export function waitingReason({
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
  // Notes before the workload exists are about the step.
  return lastFact.type === 'noted' ? lastFact.message : 'starting';
}
