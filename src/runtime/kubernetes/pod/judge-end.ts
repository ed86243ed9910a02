import type { Failure } from '../../../model/outcome.ts';
import { signalOf } from '../../exit-signal.ts';
import type { Exit } from '../../runtime.ts';
import { eventsOf, statusOf } from '../../../clusters/pods/observed-container.ts';
import { isStartError } from '../../start-error.ts';
import { noSuchCommand, startError } from './container-failure.ts';
import { containersFault, endedPod } from './judge-containers.ts';
import { firstSettled, mapSettled, undecided } from './judgement.ts';
import { killedByNode } from '../../../clusters/pods/killed-by-node.ts';
import { memoryLimitOf } from '../../../clusters/pods/memory-limit.ts';
import { deletedExternally, podLoss } from './pod-loss.ts';
import type { Judgement } from './judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { ContainerState } from '../../../clusters/pods/pod-types.ts';

type Terminated = NonNullable<ContainerState['terminated']>;

/** The exit codes for SIGKILL and SIGTERM, as shells and kubelets report them. */
const endedFromOutside = [137, 143];

/**
 * Judges how a container ended. Undecided while it runs. If the whole pod was removed, that is the reason, unless the
 * command had ended on its own. While the container runs, a failure of a container that it needs counts too.
 * @param now by our clock, for a node that does not come back
 * @param asked whether we requested that end: Slipway then deleted the pod itself
 */
export function judgeEnd(observed: ObservedPod, container: string, now: number, asked = false): Judgement<Exit> {
  const terminated = statusOf(observed, container)?.state?.terminated;
  const loss = podLoss(observed, now);
  if (terminated === undefined) {
    const besides = asked ? undecided : besidesFault(observed, now);
    return firstSettled(
      mapSettled(loss, asExit),
      neverStarted(observed, container),
      besides,
      mapSettled(endedPod(observed, container), asExit),
    );
  }
  const at = Date.parse(terminated.finishedAt ?? '');
  const when = Number.isNaN(at) || at <= 0 ? {} : { at };
  const failure = ownFailure(observed, container, terminated);
  if (failure !== undefined) return { settled: { failure, ...when } };
  if (endedFromOutside.includes(terminated.exitCode) || terminated.reason === 'ContainerStatusUnknown') {
    if ('settled' in loss && !(asked && loss.settled.code === 'workload-deleted'))
      return { settled: { failure: loss.settled, ...when } };
    // The pod is being deleted by someone else. The failure is known, but not yet whether the cluster deleted it.
    if (!asked && observed.pod?.metadata.deletionTimestamp !== undefined)
      return { settled: { failure: deletedExternally(observed), ...when } };
  }
  if (terminated.reason === 'ContainerStatusUnknown') return { settled: { failure: unknownEnd(observed), ...when } };
  const signal = signalOf(terminated.exitCode);
  return { settled: { code: terminated.exitCode, ...(signal !== undefined && { signal }), ...when } };
}

function ownFailure(
  observed: ObservedPod,
  container: string,
  { reason, message = '', exitCode }: Terminated,
): Failure | undefined {
  if (reason === 'OOMKilled' && exitCode !== 0) return outOfMemory(observed, container);
  if (reason === 'StartError' || reason === 'ContainerCannotRun') return startError(observed, container, message);
  const kill = exitCode === 0 ? undefined : killedByNode(observed, container);
  if (kill !== undefined) {
    return { code: 'container-failed', container, part: 'step', how: `was killed: ${kill.why}`, detail: kill.detail };
  }
  return noSuchCommand(message);
}

function outOfMemory(observed: ObservedPod, container: string): Failure {
  const limit = memoryLimitOf(observed, container);
  return { code: 'out-of-memory', ...(limit !== undefined && { limit }) };
}

/** The Event of a container that could not start arrives up to a second before the status. */
function neverStarted(observed: ObservedPod, container: string): Judgement<Exit> {
  const failed = eventsOf(observed, container).find(
    ({ reason, message }) => reason === 'Failed' && isStartError(message),
  );
  return failed === undefined ? undecided : { settled: { failure: startError(observed, container, failed.message) } };
}

/** Judges whether a container beside this one, needed by the step, has failed. */
function besidesFault(observed: ObservedPod, now: number): Judgement<Exit> {
  return mapSettled(containersFault(observed, { now, closed: [] }), ({ failure }) => asExit(failure));
}

function unknownEnd(observed: ObservedPod): Failure {
  return {
    code: 'node-lost',
    node: observed.pod?.spec.nodeName ?? '',
    detail: 'the node restarted and does not know how the container ended',
  };
}

function asExit(failure: Failure): Exit {
  return { failure };
}
