import type { KubernetesSettings } from '../../../model/kubernetes-settings.ts';
import type { Failure } from '../../../model/outcome.ts';
import type { Exit } from '../../runtime.ts';
import { hasStarted, statusOf } from './container-news.ts';
import { containersFault, endedPod, type PodFault } from './judge-containers.ts';
import { judgeEnd } from './judge-end.ts';
import { firstSettled, mapSettled, undecided } from './judgement.ts';
import { deletedBySomebody, podLoss } from './pod-loss.ts';
import { podObstacle } from './pod-obstacle.ts';
import type { Judgement, PodNews } from './pod-news.ts';
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
export function judgeStart(news: PodNews, container: string, question: StartQuestion): Judgement<Start> {
  const closed = [...new Set([container, ...question.closed])];
  if (statusOf(news, container)?.state?.terminated !== undefined && !question.closed.includes(container))
    return mapSettled(judgeEnd(news, container, question.now), (exit) => asStart(exit, container));
  if (hasStarted(news, container) && news.deleted === undefined) return { settled: { status: 'started' } };
  return mapSettled(judgeStarting(news, { ...question, closed }), (fault): Start => ({ status: 'failed', ...fault }));
}

/** Judges whether a pod will never run the commands of the closed containers, and why. */
export function judgeStarting(news: PodNews, { now, createdAt, settings, closed }: StartQuestion): Judgement<PodFault> {
  const ofPod = (judgement: Judgement<Failure>): Judgement<PodFault> =>
    mapSettled(judgement, (failure) => ({ failure }));
  const loss = ofPod(podLoss(news, now));
  if (news.disconnectedSince !== undefined) return loss;
  return firstSettled(
    loss,
    ofPod(deletion(news)),
    containersFault(news, { now, createdAt, closed }),
    ofPod(endedPod(news, closed[0] ?? '')),
    ofPod(podObstacle(news, { now, createdAt })),
    ofPod(unschedulable(news, { now, createdAt, afterMs: settings.unschedulableAfterMs })),
  );
}

/** A pod that is being deleted starts nothing more. */
function deletion(news: PodNews): Judgement<Failure> {
  return news.pod?.metadata.deletionTimestamp === undefined ? undecided : { settled: deletedBySomebody(news) };
}

function asStart(exit: Exit, container: string): Start {
  return 'failure' in exit && exit.failure.code === 'start-failed'
    ? { status: 'failed', failure: exit.failure, container }
    : { status: 'ended', exit };
}
