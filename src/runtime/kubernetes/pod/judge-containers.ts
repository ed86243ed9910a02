import type { Failure } from '../../../model/outcome.ts';
import { signalOf } from '../../exit-signal.ts';
import { eventsOf, firstReceivedAt, hasStarted, statusOf } from '../../../clusters/pods/observed-container.ts';
import { containerFailure, noSuchCommand, startError } from './container-failure.ts';
import { partsOf, type ContainerPart } from './container-part.ts';
import { imageFailure } from './image-failure.ts';
import { firstSettled, mapSettled, settledAt, undecided } from './judgement.ts';
import { killedByNode } from '../../../clusters/pods/killed-by-node.ts';
import { memoryLimitOf } from '../../../clusters/pods/memory-limit.ts';
import type { Judgement } from './judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { ContainerState } from '../../../clusters/pods/pod-types.ts';

type Terminated = NonNullable<ContainerState['terminated']>;
type ContainerFailed = Extract<Failure, { readonly code: 'container-failed' }>;

export interface ContainersQuestion {
  /** By our clock. */
  readonly now: number;
  /**
   * The workload's containers whose commands have not begun. They must start, and must not end. Other judges handle the
   * rest.
   */
  readonly closed: readonly string[];
  /** When the pod was created, by our clock. Absent: long ago. */
  readonly createdAt?: number;
}

/** Why a pod cannot run its commands. */
export interface PodFault {
  readonly failure: Failure;
  /** The container at fault. Absent: the whole pod. */
  readonly container?: string;
}

/** The cluster usually reports a moment later why it killed a container: a deletion, an eviction. */
const reasonMs = 2_000;
const fromOutside = [137, 143];

/**
 * Judges whether a container that the step needs has ended or cannot start. Such containers are: an init container that
 * fails, a sidecar that fails or keeps restarting, the helper, a container of the workload before its command began.
 * Undecided while the pod is being deleted.
 */
export function containersFault(observed: ObservedPod, question: ContainersQuestion): Judgement<PodFault> {
  const { pod } = observed;
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return undecided;
  const judged = partsOf(pod).filter(({ container, part }) => part !== 'step' || question.closed.includes(container));
  return firstSettled(
    ...judged.map(({ container, part }) =>
      mapSettled(judgeContainer(observed, container, part, question), (failure): PodFault => ({ failure, container })),
    ),
  );
}

function judgeContainer(
  observed: ObservedPod,
  container: string,
  part: ContainerPart,
  { now, createdAt }: ContainersQuestion,
): Judgement<Failure> {
  const { terminated, running } = statusOf(observed, container)?.state ?? {};
  if (terminated !== undefined)
    return isExpected(observed, container, part, terminated)
      ? undecided
      : judgeEnded(observed, container, part, terminated, now);
  if (running !== undefined) return undecided;
  if (part === 'restarted' && isLooping(observed, container)) return judgeLooping(observed, container, now);
  if (hasStarted(observed, container)) return undecided;
  const since =
    createdAt ??
    firstReceivedAt(
      eventsOf(observed, container).filter(({ reason }) => reason === 'Failed'),
      observed.seenAt ?? now,
    );
  const neverStarted = firstSettled(
    imageFailure(observed, container, now),
    containerFailure(observed, container, { now, createdAt: since }),
  );
  return part === 'step' ? neverStarted : mapSettled(neverStarted, (failure) => named(failure, container, part));
}

/** Reports whether the step tolerates that end. */
function isExpected(observed: ObservedPod, container: string, part: ContainerPart, { exitCode }: Terminated): boolean {
  switch (part) {
    case 'step':
    case 'helper':
      return false;
    case 'restarted':
      return !isLooping(observed, container);
    case 'fill':
    case 'init':
    case 'sidecar':
      return exitCode === 0;
  }
}

function judgeEnded(
  observed: ObservedPod,
  container: string,
  part: ContainerPart,
  terminated: Terminated,
  now: number,
): Judgement<Failure> {
  const failure = () =>
    part === 'restarted' ? looping(observed, container) : endFailure(observed, container, part, terminated);
  const unexplained =
    fromOutside.includes(terminated.exitCode) &&
    terminated.reason !== 'OOMKilled' &&
    killedByNode(observed, container) === undefined;
  return unexplained ? settledAt((observed.seenAt ?? -Infinity) + reasonMs, now, failure) : { settled: failure() };
}

function endFailure(observed: ObservedPod, container: string, part: ContainerPart, terminated: Terminated): Failure {
  const { reason, message = '' } = terminated;
  const start =
    reason === 'StartError' || reason === 'ContainerCannotRun'
      ? startError(observed, container, message)
      : noSuchCommand(message);
  if (start !== undefined) return named(start, container, part);
  const before = part === 'step' ? ' before its command began' : '';
  return {
    code: 'container-failed',
    container,
    part: shownPart(part),
    how: `${endMessage(observed, container, terminated)}${before}`,
    detail: killedByNode(observed, container)?.detail ?? '',
  };
}

/** Kubernetes restarts such a container with growing pauses. A later try may succeed. */
function isLooping(observed: ObservedPod, container: string): boolean {
  const { waiting, running } = statusOf(observed, container)?.state ?? {};
  if (running !== undefined) return false;
  return (
    waiting?.reason === 'CrashLoopBackOff' ||
    eventsOf(observed, container).some(
      ({ reason, message }) => reason === 'BackOff' && message.includes('restarting failed container'),
    )
  );
}

/** The Event may arrive before the status that says how the container ended. */
function judgeLooping(observed: ObservedPod, container: string, now: number): Judgement<Failure> {
  const failure = () => looping(observed, container);
  const isTold = statusOf(observed, container)?.lastState?.terminated !== undefined;
  return isTold ? { settled: failure() } : settledAt((observed.seenAt ?? -Infinity) + reasonMs, now, failure);
}

function looping(observed: ObservedPod, container: string): ContainerFailed {
  const status = statusOf(observed, container);
  const last = status?.state?.terminated ?? status?.lastState?.terminated;
  const how = last === undefined ? 'keeps restarting' : `${endMessage(observed, container, last)} and keeps restarting`;
  return {
    code: 'container-failed',
    container,
    part: 'sidecar',
    how,
    detail: killedByNode(observed, container)?.detail ?? '',
  };
}

function endMessage(observed: ObservedPod, container: string, { exitCode, reason }: Terminated): string {
  const kill = killedByNode(observed, container);
  if (kill !== undefined) return `was killed: ${kill.why}`;
  const limit = memoryLimitOf(observed, container);
  if (reason === 'OOMKilled') return `ran out of memory${limit === undefined ? '' : `: its limit is ${limit}`}`;
  const signal = signalOf(exitCode);
  return signal === undefined ? `exited with code ${exitCode}` : `was killed by ${signal}`;
}

/** Names the container that could not start, unless it is one of the step's. */
function named(failure: Failure, container: string, part: ContainerPart): Failure {
  if (part === 'step') return failure;
  const failed = (detail: string): ContainerFailed => ({
    code: 'container-failed',
    container,
    part: shownPart(part),
    how: 'could not be started',
    detail,
  });
  switch (failure.code) {
    case 'image-unavailable':
      return { ...failure, detail: `container ${container}: ${failure.detail}` };
    case 'out-of-memory':
      return failed(`its memory limit of ${failure.limit} is too small`);
    case 'start-failed':
      // For the helper, the pod is at fault for what it requests, and the image for a missing shell.
      return part === 'helper' && (failure.by === 'cluster' || failure.detail.includes('/bin/sh'))
        ? failure
        : failed(failure.detail);
    default:
      return failure;
  }
}

/** A pod that has ended starts nothing more. Kubelets that reject a pod report none of its containers. */
export function endedPod({ pod }: ObservedPod, container: string): Judgement<Failure> {
  const { phase, reason, message } = pod?.status ?? {};
  if (phase !== 'Failed' && phase !== 'Succeeded') return undecided;
  const detail = [reason, message].filter((part) => part !== undefined && part !== '').join(': ');
  return {
    settled: {
      code: 'container-failed',
      container,
      part: 'step',
      how: `has no exit code: its pod ${phase === 'Failed' ? 'failed' : 'ended'}`,
      detail,
    },
  };
}

function shownPart(part: ContainerPart): ContainerFailed['part'] {
  return part === 'fill' ? 'helper' : part === 'restarted' ? 'sidecar' : part;
}
