import type { Failure } from '../../../model/outcome.ts';
import { isStartError, startFailed } from '../../start-error.ts';
import { eventsOf, firstReceivedAt, statusOf } from '../../../clusters/pods/observed-container.ts';
import { isMissing, missingMessage } from '../../../clusters/pods/missing-object.ts';
import { settledAt, undecided } from './judgement.ts';
import { memoryLimitOf } from '../../../clusters/pods/memory-limit.ts';
import type { Judgement } from './judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';

/** A Secret or ConfigMap may be created a moment after the pod that refers to it. */
export const missingGraceMs = 5_000;
/** The kubelet retries what a node could not do at first. */
const retriedGraceMs = 20_000;

/** `image-failure.ts` handles these reasons. */
const ofImages =
  /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)\b/;
const waitingReasons = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
];

/**
 * Judges whether a container cannot be created or started although its image is there. A container that could not be
 * *started* has ended for good. `judge-end.ts` handles it once the pod's status reports it.
 */
export function containerFailure(
  observed: ObservedPod,
  container: string,
  at: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  const events = eventsOf(observed, container).filter(
    ({ reason, message }) =>
      reason === 'Failed' && message.startsWith('Error: ') && !ofImages.test(message.slice('Error: '.length)),
  );
  const waiting = statusOf(observed, container)?.state?.waiting;
  const said =
    events.at(-1)?.message.slice('Error: '.length) ??
    (waitingReasons.includes(waiting?.reason ?? '') ? (waiting?.message ?? waiting?.reason) : undefined);
  if (said === undefined) return undecided;
  if (isStartError(said)) return { settled: startError(observed, container, said) };
  if (/runAsNonRoot|non-numeric user|will run as root/.test(said)) return { settled: refusedByPod(rootRefused(said)) };
  if (isMissing(said))
    return settledAt(at.createdAt + missingGraceMs, at.now, () => refusedByPod(missingMessage(said)));
  return settledAt(firstReceivedAt(events, at.createdAt) + retriedGraceMs, at.now, () => refusedByPod(said));
}

/** Messages of runc and crun. The kernel refuses a limit below what the container's first process already uses. */
const limitTooSmall = /unable to set memory limit|memory limit too low|OOM-killed|memory\.(max|limit_in_bytes)/;

/** Returns the failure of a container that the node could not start. */
export function startError(observed: ObservedPod, container: string, said: string): Failure {
  const limit = memoryLimitOf(observed, container);
  if (limit !== undefined && limitTooSmall.test(said)) return { code: 'out-of-memory', limit, atStart: true };
  return startFailed(said);
}

const startFailedMark = 'start-failed ';

/**
 * Returns the failure for a command that a gate could not find. A step can write the same note, so it is only treated
 * as text. Returns `undefined` for other notes.
 */
export function noSuchCommand(noted: string): Failure | undefined {
  if (!noted.startsWith(startFailedMark)) return undefined;
  const command = noted
    .slice(startFailedMark.length)
    .trim()
    .replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  const detail = `cannot run "${command}": the image has no such command`;
  return { code: 'start-failed', detail, cause: 'no-program' };
}

export function refusedByPod(detail: string): Failure {
  return { code: 'start-failed', detail, by: 'cluster' };
}

function rootRefused(said: string): string {
  const why = /non-numeric user \(([^)]*)\)/.exec(said);
  const fact = why
    ? `the pod must not run as root, and the node cannot check the image's user (${why[1]}) because it is a name, not a number`
    : 'the pod must not run as root (runAsNonRoot), and the image runs as root';
  return `${fact}: set \`kubernetes.restricted\` to a user id, or remove \`runAsNonRoot\` from \`kubernetes.podTemplate\``;
}
