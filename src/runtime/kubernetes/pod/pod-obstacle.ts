import type { Failure } from '../../../model/outcome.ts';
import {
  containerIn,
  firstReceivedAt,
  podEvents,
  statusesOf,
  currentTrouble,
} from '../../../clusters/pods/observed-container.ts';
import { isMissing } from '../../../clusters/pods/missing-object.ts';
import { missingGraceMs, refusedByPod } from './container-failure.ts';
import { isNetworkTrouble, isVolumeTrouble, volumeMessage } from '../../../clusters/pods/pod-trouble.ts';
import { firstSettled, settledAt, undecided } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';

/**
 * How long a node may fail to create the pod's network or sandbox. Network plugins restart, and are installed after the
 * node is ready.
 */
const sandboxGraceMs = 60_000;
/** How long a volume may fail to attach or mount. Cloud disks take one or two minutes to move. */
const mountGraceMs = 120_000;

/** Judges what keeps a node from starting any container of the pod. Only Events report it, not the pod's status. */
export function podObstacle(
  observed: ObservedPod,
  at: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  return firstSettled(mountFailure(observed, at), sandboxFailure(observed, at));
}

function mountFailure(
  observed: ObservedPod,
  { now, createdAt }: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  if (pastObstacle(observed, isVolumeTrouble)) return undecided;
  const troubles = podEvents(observed).filter(isVolumeTrouble);
  const missing = troubles.findLast(({ message }) => isMissing(message));
  if (missing) return settledAt(createdAt + missingGraceMs, now, () => refusedByPod(volumeMessage(missing.message)));
  const last = troubles.at(-1);
  return last === undefined
    ? undecided
    : settledAt(firstReceivedAt(troubles, createdAt) + mountGraceMs, now, () =>
        refusedByPod(volumeMessage(last.message)),
      );
}

function sandboxFailure(
  observed: ObservedPod,
  { now, createdAt }: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  if (pastObstacle(observed, isNetworkTrouble)) return undecided;
  const troubles = podEvents(observed).filter(isNetworkTrouble);
  const last = troubles.at(-1);
  if (last === undefined) return undecided;
  return settledAt(firstReceivedAt(troubles, createdAt) + sandboxGraceMs, now, () =>
    refusedByPod(
      `the node cannot create the pod's network: ${last.message.replace(/^Failed to create pod sandbox: (rpc error: code = \w+ desc = )?/, '')}`,
    ),
  );
}

/** Reports whether the pod is past the obstacle. Kubelets create containers after all volumes and the sandbox. */
function pastObstacle(observed: ObservedPod, isTrouble: (event: PodEvent) => boolean): boolean {
  if (statusesOf(observed).some(({ state }) => state?.running !== undefined || state?.terminated !== undefined))
    return true;
  return (
    currentTrouble(observed.events, isTrouble, ({ fieldPath }) => containerIn(fieldPath) !== undefined) === undefined
  );
}
