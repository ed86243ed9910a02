import type { Failure } from '../../../model/outcome.ts';
import { lostAfterMs } from '../../../clusters/api/retry.ts';
import { podEvents } from '../../../clusters/pods/observed-container.ts';
import { firstSettled, settledAt, undecided } from './judgement.ts';
import { forbiddenFailure } from '../../../clusters/refused-permission.ts';
import { loginRefused } from './refusal.ts';
import type { Judgement } from './judgement.ts';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';

/** How long a node may stay not ready before its pods count as lost. A restarting kubelet is back sooner. */
const nodeGraceMs = 30_000;
const loginGraceMs = 60_000;
/** How long after the grace period a deletion may stay unconfirmed. Then the node is gone. */
const deletionSlackMs = 30_000;

/** Judges whether the whole pod was lost, whatever its containers do. The most specific reason comes first. */
export function podLoss(observed: ObservedPod, now: number): Judgement<Failure> {
  const told = reportedLoss(observed);
  if (told !== undefined) return { settled: told };
  if (observed.disconnectedSince !== undefined)
    return connectionLoss(observed.disconnectedSince, observed.disconnectedReason ?? '', now);
  return firstSettled(nodeLoss(observed, now), unconfirmedDeletion(observed, now));
}

/**
 * A missing permission does not come back on its own, but a cluster does. A starting cluster may reject valid
 * credentials for a moment.
 */
function connectionLoss(since: number, because: string, now: number): Judgement<Failure> {
  const forbidden = forbiddenFailure(because);
  if (forbidden !== undefined) return { settled: forbidden };
  if (because === 'Unauthorized') return settledAt(since + loginGraceMs, now, () => loginRefused);
  const words = `the cluster has not answered for ${lostAfterMs / 60_000} minutes${because === '' ? '' : `: ${because}`}`;
  return settledAt(since + lostAfterMs, now, () => ({ code: 'runtime-lost', detail: words, by: 'cluster' }));
}

/** Returns the reason that the cluster itself reports; `undefined` if it reports none. */
function reportedLoss(observed: ObservedPod): Failure | undefined {
  const { reason, message, phase } = observed.pod?.status ?? {};
  const events = podEvents(observed);
  const told = (...reasons: readonly string[]): string | undefined =>
    phase === 'Failed' && reasons.includes(reason ?? '')
      ? (message ?? reason)
      : events.find((event) => reasons.includes(event.reason))?.message;
  const evicted = told('Evicted');
  if (evicted !== undefined) return { code: 'evicted', detail: sentence(evicted) };
  if (told('DeadlineExceeded') !== undefined)
    return { code: 'timed-out', afterMs: deadlineMs(observed), by: 'cluster' };
  const preempted = told('Preempted', 'Preempting');
  if (preempted !== undefined)
    return { code: 'evicted', detail: `a pod with a higher priority took its place: ${sentence(preempted)}` };
  const shutdown = told('Terminated', 'NodeShutdown', 'Shutdown');
  if (shutdown !== undefined)
    return { code: 'evicted', detail: `node ${nodeOf(observed)} is shutting down: ${sentence(shutdown)}` };
  if (
    phase === 'Failed' &&
    /^(OutOf|NodeAffinity|UnexpectedAdmissionError|AdmissionFailed|PodOSNotSupported)/.test(reason ?? '')
  )
    return {
      code: 'unschedulable',
      detail: `node ${nodeOf(observed)} rejected the pod: ${sentence(message ?? reason ?? '')}`,
    };
  if (reason === 'NodeLost')
    return { code: 'node-lost', node: nodeOf(observed), detail: sentence(message ?? 'the cluster gave up the node') };
  return disruption(observed) ?? (observed.deleted ? deletedExternally(observed) : undefined);
}

/** Returns why the cluster removed the pod (`DisruptionTarget`, since 1.26). Reported before the pod is gone. */
function disruption(observed: ObservedPod): Failure | undefined {
  const condition = observed.pod?.status?.conditions?.find(
    ({ type, status }) => type === 'DisruptionTarget' && status === 'True',
  );
  const detail = sentence(condition?.message ?? condition?.reason ?? '');
  switch (condition?.reason) {
    case undefined:
      return undefined;
    case 'PreemptionByScheduler':
      return { code: 'evicted', detail: `a pod with a higher priority took its place: ${detail}` };
    case 'DeletionByTaintManager':
    case 'DeletionByPodGC':
      return isNodeReady(observed)
        ? { code: 'evicted', detail }
        : { code: 'node-lost', node: nodeOf(observed), detail };
    default:
      return { code: 'evicted', detail };
  }
}

export function deletedExternally({ pod }: ObservedPod): Failure {
  return {
    code: 'workload-deleted',
    detail: `${pod === undefined ? 'the pod' : `the pod ${pod.metadata.name}`} was deleted by another client`,
    by: 'cluster',
  };
}

/**
 * Judges whether the node is unreachable: the cluster marks its pods not ready, although each container was ready when
 * last reported.
 */
function nodeLoss(observed: ObservedPod, now: number): Judgement<Failure> {
  if (isNodeReady(observed)) return undecided;
  const told = podEvents(observed).findLast(isNodeGone);
  const since = told?.at ?? byOurClock(conditionOf(observed, 'Ready')?.lastTransitionTime, observed);
  const failure = (): Failure => ({
    code: 'node-lost',
    node: nodeOf(observed),
    detail: `the node has not reported to the cluster for more than ${nodeGraceMs / 1_000} s`,
  });
  return Number.isNaN(since) ? undecided : settledAt(since + nodeGraceMs, now, failure);
}

const isNodeGone = ({ reason }: PodEvent) => reason === 'NodeNotReady';

function isNodeReady(observed: ObservedPod): boolean {
  const ready = conditionOf(observed, 'Ready')?.status;
  if (observed.pod?.status?.phase === 'Unknown' || ready === 'Unknown') return false;
  if (ready === 'False' && conditionOf(observed, 'ContainersReady')?.status === 'True') return false;
  return ready === 'True' || !podEvents(observed).some(isNodeGone);
}

/** A deleted pod ends when its containers end, unless no kubelet is there to end them. */
function unconfirmedDeletion(observed: ObservedPod, now: number): Judgement<Failure> {
  // The time at which the pod should be gone.
  const until = byOurClock(observed.pod?.metadata.deletionTimestamp, observed);
  return Number.isNaN(until) ? undecided : settledAt(until + deletionSlackMs, now, () => deletedExternally(observed));
}

/**
 * Converts a cluster time to our clock: never before we received it, since our clock may be ahead. NaN if the time is
 * absent.
 */
function byOurClock(time: string | undefined, { seenAt }: ObservedPod): number {
  return Math.max(Date.parse(time ?? ''), seenAt ?? -Infinity);
}

function conditionOf({ pod }: ObservedPod, wanted: string) {
  return pod?.status?.conditions?.find(({ type }) => type === wanted);
}

function nodeOf({ pod }: ObservedPod): string {
  return pod?.spec.nodeName ?? 'of the pod';
}

function deadlineMs({ pod }: ObservedPod): number {
  const seconds = pod?.spec['activeDeadlineSeconds'];
  return typeof seconds === 'number' ? seconds * 1_000 : 0;
}

function sentence(said: string): string {
  return said.trim().replace(/[.\s]+$/, '');
}
