import type { Failure } from '../../../model/outcome.ts';
import { containerOf, eventsOf, firstReceivedAt, statusOf } from '../../../clusters/pods/observed-container.ts';
import { settledAt, undecided } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { isFinal, registryMessage } from '../../../clusters/pods/registry-message.ts';

/**
 * How long to wait after a failed pull that may still succeed. The kubelet retries after about 10, then 20 seconds. Two
 * failures are enough to give up.
 */
const pullGraceMs = 20_000;
const triesBeforeFailure = 2;

/**
 * Judges whether the image of a container cannot be pulled. Events say so seconds before the pod's status does. On
 * older clusters only Events say why. Undecided if nothing failed or the failure is over.
 */
export function imageFailure(observed: ObservedPod, container: string, now: number): Judgement<Failure> {
  const image = containerOf(observed, container)?.image ?? '';
  const wrong = wrongForGood(observed, container);
  if (wrong !== undefined) return { settled: { ...unavailable(image, wrong.detail), ...wrong.more } };
  const refusals = refusalsOf(observed, container);
  const words = refusals.words.at(-1);
  if (words === undefined) return undecided;
  if (/no space left on device/i.test(words))
    return { settled: { code: 'disk-full', where: 'the node', detail: words } };
  if (refusals.words.some(isFinal) || refusals.tries >= triesBeforeFailure)
    return { settled: unavailable(image, refusals.words.find(isFinal) ?? words) };
  // A retry is in progress and may take long.
  if (refusals.pulling) return undecided;
  return settledAt(refusals.since + pullGraceMs, now, () => unavailable(image, words));
}

function unavailable(image: string, detail: string): Failure {
  return { code: 'image-unavailable', image, detail, by: 'cluster' };
}

interface Wrong {
  readonly detail: string;
  readonly more?: { readonly notPulled: true };
}

/** Returns the reason if no retry can help: an invalid name, or no permission to pull. */
function wrongForGood(observed: ObservedPod, container: string): Wrong | undefined {
  const waiting = statusOf(observed, container)?.state?.waiting;
  const events = eventsOf(observed, container);
  const told = (reason: string, ...ofEvents: readonly string[]) =>
    waiting?.reason === reason
      ? (waiting.message ?? '')
      : events.some(({ message }) => message === `Error: ${reason}`)
        ? (events.findLast((event) => ofEvents.includes(event.reason))?.message ?? '')
        : undefined;
  const invalid = told('InvalidImageName', 'InspectFailed');
  if (invalid !== undefined)
    return {
      detail: `invalid image name: ${/(?:invalid reference format: )?([^:"]+)$/.exec(invalid)?.[1] ?? 'invalid reference format'}`,
    };
  if (told('ErrImageNeverPull', 'ErrImageNeverPull') !== undefined)
    return {
      detail: 'the node does not have the image, and --pull never forbids pulling it',
      more: { notPulled: true },
    };
  const unsigned = told('SignatureValidationFailed', 'Failed');
  return unsigned === undefined
    ? undefined
    : { detail: `the node refused the image's signature: ${registryMessage(unsigned)}` };
}

interface Refusals {
  readonly words: readonly string[];
  /** The number of tries. */
  readonly tries: number;
  /** In milliseconds since 1970. */
  readonly since: number;
  /** A retry is in progress. */
  readonly pulling: boolean;
}

const pullFailed = (event: PodEvent) => event.reason === 'Failed' && event.message.startsWith('Failed to pull image');

function refusalsOf(observed: ObservedPod, container: string): Refusals {
  const events = eventsOf(observed, container);
  const pulled = events.findLastIndex(({ reason }) => reason === 'Pulled');
  const failed = events.slice(pulled + 1).filter(pullFailed);
  const tries = sumOf(failed);
  const waiting = statusOf(observed, container)?.state?.waiting;
  const told =
    waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff' ? [waiting.message ?? ''] : [];
  return {
    words: [...told.filter(() => failed.length === 0), ...failed.map(({ message }) => message)].map(registryMessage),
    tries,
    since: firstReceivedAt(failed, transitionOf(observed)),
    pulling: sumOf(events.filter(({ reason }) => reason === 'Pulling')) > tries,
  };
}

/** Sums the counts: a repeated Event is counted in place, not added again. */
function sumOf(events: readonly PodEvent[]): number {
  return events.reduce((sum, { count }) => sum + (count ?? 1), 0);
}

/** Returns when the status of the containers last changed. Used if Events may not be read. */
function transitionOf({ pod }: ObservedPod): number {
  const at = Date.parse(
    pod?.status?.conditions?.find(({ type }) => type === 'ContainersReady')?.lastTransitionTime ?? '',
  );
  return Number.isNaN(at) ? 0 : at;
}
