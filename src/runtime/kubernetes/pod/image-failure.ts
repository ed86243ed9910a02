import type { Failure } from '../../../model/outcome.ts';
import { containerOf, eventsOf, firstHeard, statusOf } from './container-news.ts';
import { settledAt, undecided } from './judgement.ts';
import type { Judgement, PodEvent, PodNews } from './pod-news.ts';
import { isFinal, registryWords } from './registry-words.ts';

/**
 * How long a pull that may still go well is waited for after it went wrong. The kubelet tries again after some 10, then
 * 20 seconds; who fails twice is not there.
 */
const pullGraceMs = 20_000;
const triesBeforeFailure = 2;

/**
 * Whether the image of a container cannot be had. Events tell it seconds before the pod's state does, and older
 * clusters tell why in Events only. `undecided` where nothing went wrong, or what went wrong is over.
 */
export function imageFailure(news: PodNews, container: string, now: number): Judgement<Failure> {
  const image = containerOf(news, container)?.image ?? '';
  const wrong = wrongForGood(news, container);
  if (wrong !== undefined) return { settled: unavailable(image, wrong) };
  const refusals = refusalsOf(news, container);
  const words = refusals.words.at(-1);
  if (words === undefined) return undecided;
  if (/no space left on device/i.test(words))
    return { settled: { code: 'disk-full', where: 'the node', detail: words } };
  if (refusals.words.some(isFinal) || refusals.tries >= triesBeforeFailure)
    return { settled: unavailable(image, refusals.words.find(isFinal) ?? words) };
  // The next try is under way and may be a long one.
  if (refusals.pulling) return undecided;
  return settledAt(refusals.since + pullGraceMs, now, () => unavailable(image, words));
}

function unavailable(image: string, detail: string): Failure {
  return { code: 'image-unavailable', image, detail, by: 'cluster' };
}

/** What no further try would change: the name is none, or nobody may pull. */
function wrongForGood(news: PodNews, container: string): string | undefined {
  const waiting = statusOf(news, container)?.state?.waiting;
  const events = eventsOf(news, container);
  const told = (reason: string, ...ofEvents: readonly string[]) =>
    waiting?.reason === reason
      ? (waiting.message ?? '')
      : events.some(({ message }) => message === `Error: ${reason}`)
        ? (events.findLast((event) => ofEvents.includes(event.reason))?.message ?? '')
        : undefined;
  const invalid = told('InvalidImageName', 'InspectFailed');
  if (invalid !== undefined)
    return `its name is not valid: ${/(?:invalid reference format: )?([^:"]+)$/.exec(invalid)?.[1] ?? 'invalid reference format'}`;
  if (told('ErrImageNeverPull', 'ErrImageNeverPull') !== undefined)
    return 'the node does not have it, and it may not be pulled (--pull never)';
  const unsigned = told('SignatureValidationFailed', 'Failed');
  return unsigned === undefined ? undefined : `its signature was refused: ${registryWords(unsigned)}`;
}

interface Refusals {
  readonly words: readonly string[];
  /** How often it was tried. */
  readonly tries: number;
  /** In milliseconds since 1970. */
  readonly since: number;
  /** It is tried once more just now. */
  readonly pulling: boolean;
}

const pullFailed = (event: PodEvent) => event.reason === 'Failed' && event.message.startsWith('Failed to pull image');

function refusalsOf(news: PodNews, container: string): Refusals {
  const events = eventsOf(news, container);
  const pulled = events.findLastIndex(({ reason }) => reason === 'Pulled');
  const failed = events.slice(pulled + 1).filter(pullFailed);
  const tries = sumOf(failed);
  const waiting = statusOf(news, container)?.state?.waiting;
  const told =
    waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff' ? [waiting.message ?? ''] : [];
  return {
    words: [...told.filter(() => failed.length === 0), ...failed.map(({ message }) => message)].map(registryWords),
    tries,
    since: firstHeard(failed, transitionOf(news)),
    pulling: sumOf(events.filter(({ reason }) => reason === 'Pulling')) > tries,
  };
}

/** An Event that happens again is counted up where it was, not told once more. */
function sumOf(events: readonly PodEvent[]): number {
  return events.reduce((sum, { count }) => sum + (count ?? 1), 0);
}

/** When the pod's state last told something of its containers: for clusters whose Events may not be read. */
function transitionOf({ pod }: PodNews): number {
  const at = Date.parse(
    pod?.status?.conditions?.find(({ type }) => type === 'ContainersReady')?.lastTransitionTime ?? '',
  );
  return Number.isNaN(at) ? 0 : at;
}
