import type { Failure } from '../../../model/outcome.ts';
import { podEvents } from './container-news.ts';
import { settledAt, undecided } from './judgement.ts';
import type { Judgement, PodNews } from './pod-news.ts';

/** Judges whether no node accepts the pod within the grace period. */
export function unschedulable(
  news: PodNews,
  at: { readonly now: number; readonly createdAt: number; readonly afterMs: number },
): Judgement<Failure> {
  if (isPlaced(news)) return undecided;
  return settledAt(at.createdAt + at.afterMs, at.now, () => {
    const why = unplacedWords(news) ?? `no scheduler called ${schedulerOf(news)} has picked up the pod`;
    return {
      code: 'unschedulable',
      detail: `${why} (waited ${at.afterMs / 1_000} s: \`kubernetes.unschedulableAfter\`)`,
    };
  });
}

/** Returns the scheduler of a pod. The default is `default-scheduler` (core/v1, `PodSpec.schedulerName`). */
export function schedulerOf({ pod }: PodNews): string {
  const name = pod?.spec['schedulerName'];
  return typeof name === 'string' ? name : 'default-scheduler';
}

export function isPlaced(news: PodNews): boolean {
  return news.pod?.spec.nodeName !== undefined || podEvents(news).some(({ reason }) => reason === 'Scheduled');
}

/** Returns why no node accepts the pod so far; `undefined` if nothing says so. */
export function unplacedWords(news: PodNews): string | undefined {
  const condition = news.pod?.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  const said =
    condition?.message ??
    podEvents(news).findLast(({ reason }) => reason === 'FailedScheduling')?.message ??
    condition?.reason;
  return said === undefined ? undefined : tidied(said);
}

/** Drops the scheduler's note on preemption, which does not help users. */
function tidied(said: string): string {
  return said.replace(/[.,]?\s*(no new claims to deallocate,?\s*)?preemption: .*$/s, '').replace(/[.\s]+$/, '');
}
