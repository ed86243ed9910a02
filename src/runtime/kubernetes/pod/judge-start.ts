import type { KubernetesSettings } from '../../../model/kubernetes-settings.ts';
import type { Failure } from '../../../model/outcome.ts';
import type { Exit } from '../../runtime.ts';
import { hasStarted, statusOf } from '../../../clusters/pods/observed-container.ts';
import { containersFault, endedPod, type PodFault } from './judge-containers.ts';
import { judgeEnd } from './judge-end.ts';
import { firstSettled, mapSettled, undecided } from './judgement.ts';
import { deletedExternally, podLoss } from './pod-loss.ts';
import { podObstacle } from './pod-obstacle.ts';
import type { Judgement } from './judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { unschedulable } from './unschedulable.ts';

export interface StartQuestion {
  /** By our clock, like `createdAt`, the time when the pod was created. */
  readonly now: number;
  readonly createdAt: number;
  readonly settings: Pick<KubernetesSettings, 'unschedulableAfterMs'>;
  /** The workload's containers whose commands cannot have begun. None of them may end. */
  readonly closed: readonly string[];
}

export type Start =
  | { readonly status: 'started' }
  /** The container started and has already ended. */
  | { readonly status: 'ended'; readonly exit: Exit }
  | ({ readonly status: 'failed' } & PodFault);

/**
 * Judges whether a container has started or never will. Events say so before the pod's status does. No timeout expires
 * while the cluster is unreachable: what happens meanwhile is unknown.
 */
export function judgeStart(observed: ObservedPod, container: string, question: StartQuestion): Judgement<Start> {
  const closed = [...new Set([container, ...question.closed])];
  if (statusOf(observed, container)?.state?.terminated !== undefined && !question.closed.includes(container))
    return mapSettled(judgeEnd(observed, container, question.now), (exit) => asStart(exit, container));
  if (hasStarted(observed, container) && observed.deleted === undefined) return { settled: { status: 'started' } };
  return mapSettled(judgeStarting(observed, { ...question, closed }), (fault): Start => ({
    status: 'failed',
    ...fault,
  }));
}

/** Judges whether a pod will never run the commands of the closed containers, and why. */
export function judgeStarting(
  observed: ObservedPod,
  { now, createdAt, settings, closed }: StartQuestion,
): Judgement<PodFault> {
  const ofPod = (judgement: Judgement<Failure>): Judgement<PodFault> =>
    mapSettled(judgement, (failure) => ({ failure }));
  const loss = ofPod(podLoss(observed, now));
  if (observed.disconnectedSince !== undefined) return loss;
  return firstSettled(
    loss,
    ofPod(deletion(observed)),
    containersFault(observed, { now, createdAt, closed }),
    ofPod(endedPod(observed, closed[0] ?? '')),
    ofPod(podObstacle(observed, { now, createdAt })),
    ofPod(unschedulable(observed, { now, createdAt, afterMs: settings.unschedulableAfterMs })),
  );
}

/** A pod that is being deleted starts nothing more. */
function deletion(observed: ObservedPod): Judgement<Failure> {
  return observed.pod?.metadata.deletionTimestamp === undefined ? undecided : { settled: deletedExternally(observed) };
}

function asStart(exit: Exit, container: string): Start {
  return 'failure' in exit && exit.failure.code === 'start-failed'
    ? { status: 'failed', failure: exit.failure, container }
    : { status: 'ended', exit };
}
