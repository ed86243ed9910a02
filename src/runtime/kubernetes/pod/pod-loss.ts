import type { Failure } from '../../../model/outcome.ts';
import { lostAfterMs } from '../../../clusters/api/persistence.ts';
import { podEvents } from './container-news.ts';
import { firstSettled, settledAt, undecided } from './judgement.ts';
import { forbiddenWords, loginRefused } from './refusal.ts';
import type { Judgement, PodEvent, PodNews } from './pod-news.ts';

/**
 * How long a node that is not ready may stay away before what ran on it is lost: a kubelet that restarts is back
 * sooner.
 */
const nodeGraceMs = 30_000;
const loginGraceMs = 60_000;
/** Beyond the grace that a deletion gives: a node that does not confirm it then is not there. */
const deletionSlackMs = 30_000;

/** What ends a whole pod, whatever its containers do: in the order of how much it explains. */
export function podLoss(news: PodNews, now: number): Judgement<Failure> {
  const told = toldLoss(news);
  if (told !== undefined) return { settled: told };
  if (news.deafSince !== undefined) return deafness(news.deafSince, news.deafBecause ?? '', now);
  return firstSettled(nodeLoss(news, now), unconfirmedDeletion(news, now));
}

/**
 * A permission does not come back by itself; a cluster does, and one that starts may not know anybody's login for a
 * moment.
 */
function deafness(since: number, because: string, now: number): Judgement<Failure> {
  const forbidden = forbiddenWords(because);
  if (forbidden !== undefined) return { settled: forbidden };
  if (because === 'Unauthorized') return settledAt(since + loginGraceMs, now, () => loginRefused);
  const words = `the cluster has not answered for ${lostAfterMs / 60_000} minutes${because === '' ? '' : `: ${because}`}`;
  return settledAt(since + lostAfterMs, now, () => ({ code: 'runtime-lost', detail: words, by: 'cluster' }));
}

/** What the cluster said itself; `undefined`: nothing of the kind. */
function toldLoss(news: PodNews): Failure | undefined {
  const { reason, message, phase } = news.pod?.status ?? {};
  const events = podEvents(news);
  const told = (...reasons: readonly string[]): string | undefined =>
    phase === 'Failed' && reasons.includes(reason ?? '')
      ? (message ?? reason)
      : events.find((event) => reasons.includes(event.reason))?.message;
  const evicted = told('Evicted');
  if (evicted !== undefined) return { code: 'evicted', detail: sentence(evicted) };
  if (told('DeadlineExceeded') !== undefined) return { code: 'timed-out', afterMs: deadlineMs(news), by: 'cluster' };
  const preempted = told('Preempted', 'Preempting');
  if (preempted !== undefined)
    return { code: 'evicted', detail: `what is more important took its place: ${sentence(preempted)}` };
  const shutdown = told('Terminated', 'NodeShutdown', 'Shutdown');
  if (shutdown !== undefined)
    return { code: 'evicted', detail: `its node ${nodeOf(news)} is shutting down: ${sentence(shutdown)}` };
  if (
    phase === 'Failed' &&
    /^(OutOf|NodeAffinity|UnexpectedAdmissionError|AdmissionFailed|PodOSNotSupported)/.test(reason ?? '')
  )
    return {
      code: 'unschedulable',
      detail: `its node ${nodeOf(news)} did not take it: ${sentence(message ?? reason ?? '')}`,
    };
  if (reason === 'NodeLost')
    return { code: 'node-lost', node: nodeOf(news), detail: sentence(message ?? 'the cluster gave it up') };
  return disruption(news) ?? (news.deleted ? deletedBySomebody(news) : undefined);
}

/** Who took the pod away, where the cluster did (`DisruptionTarget`, since 1.26); told before it is gone. */
function disruption(news: PodNews): Failure | undefined {
  const condition = news.pod?.status?.conditions?.find(
    ({ type, status }) => type === 'DisruptionTarget' && status === 'True',
  );
  const detail = sentence(condition?.message ?? condition?.reason ?? '');
  switch (condition?.reason) {
    case undefined:
      return undefined;
    case 'PreemptionByScheduler':
      return { code: 'evicted', detail: `what is more important took its place: ${detail}` };
    case 'DeletionByTaintManager':
    case 'DeletionByPodGC':
      return isNodeReady(news) ? { code: 'evicted', detail } : { code: 'node-lost', node: nodeOf(news), detail };
    default:
      return { code: 'evicted', detail };
  }
}

export function deletedBySomebody({ pod }: PodNews): Failure {
  return {
    code: 'workload-deleted',
    detail: `${pod === undefined ? 'the pod' : `the pod ${pod.metadata.name}`} was deleted by somebody else`,
    by: 'cluster',
  };
}

/**
 * A node that nobody hears of: the cluster calls its pods not ready though each of their containers was when it was
 * last heard.
 */
function nodeLoss(news: PodNews, now: number): Judgement<Failure> {
  if (isNodeReady(news)) return undecided;
  const told = podEvents(news).findLast(isNodeGone);
  const since = told?.at ?? byOurClock(conditionOf(news, 'Ready')?.lastTransitionTime, news);
  const failure = (): Failure => ({
    code: 'node-lost',
    node: nodeOf(news),
    detail: `the cluster has not heard of it for ${nodeGraceMs / 1_000} s and more`,
  });
  return Number.isNaN(since) ? undecided : settledAt(since + nodeGraceMs, now, failure);
}

const isNodeGone = ({ reason }: PodEvent) => reason === 'NodeNotReady';

function isNodeReady(news: PodNews): boolean {
  const ready = conditionOf(news, 'Ready')?.status;
  if (news.pod?.status?.phase === 'Unknown' || ready === 'Unknown') return false;
  if (ready === 'False' && conditionOf(news, 'ContainersReady')?.status === 'True') return false;
  return ready === 'True' || !podEvents(news).some(isNodeGone);
}

/** A pod that is being deleted goes with its containers' ends, unless nobody is there to end them. */
function unconfirmedDeletion(news: PodNews, now: number): Judgement<Failure> {
  // The time at which it is to be gone.
  const until = byOurClock(news.pod?.metadata.deletionTimestamp, news);
  return Number.isNaN(until) ? undecided : settledAt(until + deletionSlackMs, now, () => deletedBySomebody(news));
}

/**
 * A time that the cluster tells is not before we heard of it, as our clock may be ahead of its; NaN where it tells
 * none.
 */
function byOurClock(time: string | undefined, { seenAt }: PodNews): number {
  return Math.max(Date.parse(time ?? ''), seenAt ?? -Infinity);
}

function conditionOf({ pod }: PodNews, wanted: string) {
  return pod?.status?.conditions?.find(({ type }) => type === wanted);
}

function nodeOf({ pod }: PodNews): string {
  return pod?.spec.nodeName ?? 'of the pod';
}

function deadlineMs({ pod }: PodNews): number {
  const seconds = pod?.spec['activeDeadlineSeconds'];
  return typeof seconds === 'number' ? seconds * 1_000 : 0;
}

function sentence(said: string): string {
  return said.trim().replace(/[.\s]+$/, '');
}
