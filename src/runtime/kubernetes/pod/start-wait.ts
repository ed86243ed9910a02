import { statusesOf } from './container-news.ts';
import { firstSettled, settledAt, undecided } from './judgement.ts';
import type { Judgement, PodNews } from './pod-news.ts';
import { isPlaced, schedulerOf, unplacedWords } from './unschedulable.ts';

export interface StartWaitQuestion {
  /** By our clock, like `createdAt`, the time when the pod was created. */
  readonly now: number;
  readonly createdAt: number;
  /** The shortest wait to report, in milliseconds. */
  readonly afterMs: number;
}

/**
 * Judges what an unstarted pod waits for when the cluster reports nothing. `toldOf` handles what the cluster reports.
 * Settles with a clause for display once the wait has lasted for `afterMs`.
 */
export function startWait(news: PodNews, question: StartWaitQuestion): Judgement<string> {
  return firstSettled(silentCluster(news, question), idleScheduler(news, question), idleNode(news, question));
}

function silentCluster(
  { disconnectedSince, disconnectedReason }: PodNews,
  { now, afterMs }: StartWaitQuestion,
): Judgement<string> {
  if (disconnectedSince === undefined) return undecided;
  const because = disconnectedReason === undefined ? '' : `: ${disconnectedReason}`;
  return settledAt(disconnectedSince + afterMs, now, () => `waiting for the cluster, which does not answer${because}`);
}

/** No component reports an unknown `schedulerName`. */
function idleScheduler(news: PodNews, { now, createdAt, afterMs }: StartWaitQuestion): Judgement<string> {
  if (news.pod === undefined || isPlaced(news) || unplacedWords(news) !== undefined) return undecided;
  const scheduler = schedulerOf(news);
  return settledAt(
    createdAt + afterMs,
    now,
    () => `waiting for a node: no scheduler called ${scheduler} has picked up the pod yet`,
  );
}

function idleNode(news: PodNews, { now, createdAt, afterMs }: StartWaitQuestion): Judgement<string> {
  const node = news.pod?.spec.nodeName;
  const hasBegun = statusesOf(news).length > 0 || news.events.some(isOfNode);
  if (node === undefined || hasBegun) return undecided;
  return settledAt(createdAt + afterMs, now, () => `waiting for node ${node} to start the pod`);
}

/** All Events except the scheduler's come from the node, or say what is wrong with it. */
function isOfNode({ reason }: { readonly reason: string }): boolean {
  return reason !== 'Scheduled' && reason !== 'FailedScheduling' && reason !== 'TriggeredScaleUp';
}
