import { statusesOf } from './container-news.ts';
import { firstSettled, settledAt, undecided } from './judgement.ts';
import type { Judgement, PodNews } from './pod-news.ts';
import { isPlaced, schedulerOf, unplacedWords } from './unschedulable.ts';

export interface StartWaitQuestion {
  /** By our clock, as `createdAt`, when the pod was created. */
  readonly now: number;
  readonly createdAt: number;
  /** What lasts for less is not worth a word, in milliseconds. */
  readonly afterMs: number;
}

/**
 * What a pod that has not started waits for although the cluster reports nothing: what it reports itself is `toldOf`'s.
 * Settles with a clause for people once that has lasted for `afterMs`.
 */
export function startWait(news: PodNews, question: StartWaitQuestion): Judgement<string> {
  return firstSettled(silentCluster(news, question), idleScheduler(news, question), idleNode(news, question));
}

function silentCluster({ deafSince, deafBecause }: PodNews, { now, afterMs }: StartWaitQuestion): Judgement<string> {
  if (deafSince === undefined) return undecided;
  const because = deafBecause === undefined ? '' : `: ${deafBecause}`;
  return settledAt(deafSince + afterMs, now, () => `waiting for the cluster, which does not answer${because}`);
}

/** No scheduler reports that it does not know a pod: `schedulerName` may name one that does not exist. */
function idleScheduler(news: PodNews, { now, createdAt, afterMs }: StartWaitQuestion): Judgement<string> {
  if (news.pod === undefined || isPlaced(news) || unplacedWords(news) !== undefined) return undecided;
  const scheduler = schedulerOf(news);
  return settledAt(
    createdAt + afterMs,
    now,
    () => `waiting for a node: no scheduler called ${scheduler} has picked the pod up yet`,
  );
}

function idleNode(news: PodNews, { now, createdAt, afterMs }: StartWaitQuestion): Judgement<string> {
  const node = news.pod?.spec.nodeName;
  const hasBegun = statusesOf(news).length > 0 || news.events.some(isOfNode);
  if (node === undefined || hasBegun) return undecided;
  return settledAt(createdAt + afterMs, now, () => `waiting for the node ${node} to start the pod`);
}

/** All but the scheduler's Events come from the node, or say what is wrong with it. */
function isOfNode({ reason }: { readonly reason: string }): boolean {
  return reason !== 'Scheduled' && reason !== 'FailedScheduling' && reason !== 'TriggeredScaleUp';
}
