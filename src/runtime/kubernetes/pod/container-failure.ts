import type { Failure } from '../../../model/outcome.ts';
import { startFailed } from '../../start-error.ts';
import { eventsOf, firstHeard, statusOf } from './container-news.ts';
import { settledAt, undecided } from './judgement.ts';
import { memoryLimitOf } from './memory-limit.ts';
import type { Judgement, PodNews } from './pod-news.ts';

/** What a pod refers to may come into being a moment after it. */
export const missingGraceMs = 5_000;
/** What a node could not do once it may do the next time: it tries again by itself. */
const retriedGraceMs = 20_000;

/** These are said of images; `image-failure.ts` knows what they mean. */
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
 * Whether a container cannot be made or started with what its pod asks for, though its image is there. A container that
 * could not be *started* has ended for good and is `judge-end.ts`'s, once the pod's state tells.
 */
export function containerFailure(
  news: PodNews,
  container: string,
  at: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  const events = eventsOf(news, container).filter(
    ({ reason, message }) =>
      reason === 'Failed' && message.startsWith('Error: ') && !ofImages.test(message.slice('Error: '.length)),
  );
  const waiting = statusOf(news, container)?.state?.waiting;
  const said =
    events.at(-1)?.message.slice('Error: '.length) ??
    (waitingReasons.includes(waiting?.reason ?? '') ? (waiting?.message ?? waiting?.reason) : undefined);
  if (said === undefined) return undecided;
  if (isStartError(said)) return { settled: startError(news, container, said) };
  if (/runAsNonRoot|non-numeric user|will run as root/.test(said)) return { settled: refusedByPod(rootRefused(said)) };
  if (isMissing(said)) return settledAt(at.createdAt + missingGraceMs, at.now, () => refusedByPod(missingWords(said)));
  return settledAt(firstHeard(events, at.createdAt) + retriedGraceMs, at.now, () => refusedByPod(said));
}

/** Reports whether the node says that it could not start a container that it had made. */
export function isStartError(said: string): boolean {
  return /OCI runtime|runc create failed|failed to create (containerd|shim) task/.test(said);
}

/** As runc and crun say it; the kernel refuses a limit below what the container's first process uses already. */
const limitTooSmall = /unable to set memory limit|memory limit too low|OOM-killed|memory\.(max|limit_in_bytes)/;

/** What the node said of a container that it could not start. */
export function startError(news: PodNews, container: string, said: string): Failure {
  const limit = memoryLimitOf(news, container);
  if (limit !== undefined && limitTooSmall.test(said)) return { code: 'out-of-memory', limit, atStart: true };
  return startFailed(said);
}

const startFailedMark = 'start-failed ';

/**
 * What a gate notes of a command that is not there; a step can write the same, so it is no more than text. `undefined`:
 * it notes something else.
 */
export function noSuchCommand(noted: string): Failure | undefined {
  if (!noted.startsWith(startFailedMark)) return undefined;
  const command = noted
    .slice(startFailedMark.length)
    .trim()
    .replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  const detail = `cannot run "${command}": there is no such command in the image`;
  return { code: 'start-failed', detail, cause: 'no-program' };
}

export function refusedByPod(detail: string): Failure {
  return { code: 'start-failed', detail, by: 'cluster' };
}

/** Whether a Secret or ConfigMap, or a key of it, is not there. */
export function isMissing(said: string): boolean {
  return /(secret|configmap)s? "[^"]*" not found|couldn't find key|references non-existent (secret|config) key|object "[^"]*" not found/i.test(
    said,
  );
}

export function missingWords(said: string): string {
  const object = /(secret|configmap)s? "([^"]*)" not found/i.exec(said);
  if (object) return `there is no ${kindOf(object[1])} "${object[2]}" in the namespace`;
  const key = /couldn't find key (\S+) in (Secret|ConfigMap) [^/\s]+\/(\S+)/i.exec(said);
  if (key) return `the ${kindOf(key[2])} "${key[3]}" has no key "${key[1]}"`;
  return said;
}

function kindOf(word = ''): string {
  return word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}

function rootRefused(said: string): string {
  const why = /non-numeric user \(([^)]*)\)/.exec(said);
  const fact = why
    ? `the pod may not run as root, and its image names its user (${why[1]}) by a word, which the node cannot check`
    : 'the pod may not run as root (runAsNonRoot), and its image would';
  return `${fact}: set \`kubernetes.restricted\` to the user that it shall run as, or take \`runAsNonRoot\` from \`kubernetes.podTemplate\``;
}
