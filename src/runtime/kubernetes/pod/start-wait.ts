import { statusesOf } from '../../../clusters/pods/observed-container.ts';
import { firstSettled, settledAt, undecided } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { isPlaced, schedulerOf, unscheduledReason } from '../../../clusters/pods/scheduling.ts';

export interface StartWaitQuestion {
  /** By our clock, like `createdAt`, the time when the pod was created. */
  readonly now: number;
  readonly createdAt: number;
  /** The shortest wait to report, in milliseconds. */
  readonly afterMs: number;
}

/**
 * Judges what an unstarted pod waits for when the cluster reports nothing. `podObservations` handles what the cluster
 * reports. Settles with a clause for display once the wait has lasted for `afterMs`.
 */
export function startWait(observed: ObservedPod, question: StartWaitQuestion): Judgement<string> {
  return firstSettled(
    silentCluster(observed, question),
    idleScheduler(observed, question),
    idleNode(observed, question),
  );
}

function silentCluster(
  { disconnectedSince, disconnectedReason }: ObservedPod,
  { now, afterMs }: StartWaitQuestion,
): Judgement<string> {
  if (disconnectedSince === undefined) return undecided;
  const because = disconnectedReason === undefined ? '' : `: ${disconnectedReason}`;
  return settledAt(disconnectedSince + afterMs, now, () => `waiting for the cluster, which does not answer${because}`);
}

/** No component reports an unknown `schedulerName`. */
function idleScheduler(observed: ObservedPod, { now, createdAt, afterMs }: StartWaitQuestion): Judgement<string> {
  if (observed.pod === undefined || isPlaced(observed) || unscheduledReason(observed) !== undefined) return undecided;
  const scheduler = schedulerOf(observed);
  return settledAt(
    createdAt + afterMs,
    now,
    () => `waiting for a node: no scheduler called ${scheduler} has picked up the pod yet`,
  );
}

function idleNode(observed: ObservedPod, { now, createdAt, afterMs }: StartWaitQuestion): Judgement<string> {
  const node = observed.pod?.spec.nodeName;
  const hasBegun = statusesOf(observed).length > 0 || observed.events.some(isOfNode);
  if (node === undefined || hasBegun) return undecided;
  return settledAt(createdAt + afterMs, now, () => `waiting for node ${node} to start the pod`);
}

/** All Events except the scheduler's come from the node, or say what is wrong with it. */
function isOfNode({ reason }: { readonly reason: string }): boolean {
  return reason !== 'Scheduled' && reason !== 'FailedScheduling' && reason !== 'TriggeredScaleUp';
}
