import type { KubernetesSettings } from '../../../model/kubernetes-settings.ts';
import type { Failure } from '../../../model/outcome.ts';
import type { Exit } from '../../runtime.ts';
import { eventsOf, statusOf } from './container-news.ts';
import { containerFailure } from './container-failure.ts';
import { imageFailure } from './image-failure.ts';
import { judgeEnd } from './judge-end.ts';
import { firstSettled, mapSettled } from './judgement.ts';
import { podLoss } from './pod-loss.ts';
import { podObstacle } from './pod-obstacle.ts';
import type { Judgement, PodNews } from './pod-news.ts';
import { unschedulable } from './unschedulable.ts';

export interface StartQuestion {
  readonly container: string;
  /** By our clock, as `createdAt`, when the pod was created. */
  readonly now: number;
  readonly createdAt: number;
  readonly settings: Pick<KubernetesSettings, 'unschedulableAfterMs'>;
}

export type Start =
  | { readonly status: 'started' }
  /** It started and has ended already. */
  | { readonly status: 'ended'; readonly exit: Exit }
  | { readonly status: 'failed'; readonly failure: Failure };

/**
 * Whether a container of a pod has started, or never will. Events say so before the pod's state does. While the cluster cannot be heard of
 * no time is up: what happens meanwhile is not known.
 */
export function judgeStart(news: PodNews, question: StartQuestion): Judgement<Start> {
  const { container, now, createdAt, settings } = question;
  if (statusOf(news, container)?.state?.terminated) return mapSettled(judgeEnd(news, container, now), asStart);
  const began = statusOf(news, container)?.state?.running !== undefined || eventsOf(news, container).some(({ reason }) => reason === 'Started');
  if (began && news.deleted === undefined) return { settled: { status: 'started' } };
  const failures = [
    podLoss(news, now),
    imageFailure(news, container, now),
    containerFailure(news, container, { now, createdAt }),
    podObstacle(news, { now, createdAt }),
    unschedulable(news, { now, createdAt, afterMs: settings.unschedulableAfterMs }),
  ];
  const heard = news.deafSince === undefined ? failures : failures.slice(0, 1);
  return mapSettled(firstSettled(...heard), (failure): Start => ({ status: 'failed', failure }));
}

function asStart(exit: Exit): Start {
  return 'failure' in exit && exit.failure.code === 'start-failed' ? { status: 'failed', failure: exit.failure } : { status: 'ended', exit };
}
