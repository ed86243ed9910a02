import type { Failure } from '../../../model/outcome.ts';
import { containerIn, firstHeard, podEvents, statusesOf, stillTrue } from './container-news.ts';
import { isMissing, missingGraceMs, missingWords, refusedByPod } from './container-failure.ts';
import { firstSettled, settledAt, undecided } from './judgement.ts';
import type { Judgement, PodEvent, PodNews } from './pod-news.ts';

/**
 * How long a node may fail to create the pod's network or sandbox. Network plugins restart, and are installed after the
 * node is ready.
 */
const sandboxGraceMs = 60_000;
/** How long a volume may fail to attach or mount. Cloud disks take one or two minutes to move. */
const mountGraceMs = 120_000;

/** Judges what keeps a node from starting any container of the pod. Only Events report it, not the pod's status. */
export function podObstacle(
  news: PodNews,
  at: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  return firstSettled(mountFailure(news, at), sandboxFailure(news, at));
}

export function isVolumeTrouble({ reason }: Pick<PodEvent, 'reason'>): boolean {
  return ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'].includes(reason);
}

export function isNetworkTrouble({ reason }: Pick<PodEvent, 'reason'>): boolean {
  return ['FailedCreatePodSandBox', 'NetworkNotReady'].includes(reason);
}

function mountFailure(
  news: PodNews,
  { now, createdAt }: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  if (pastObstacle(news, isVolumeTrouble)) return undecided;
  const troubles = podEvents(news).filter(isVolumeTrouble);
  const missing = troubles.findLast(({ message }) => isMissing(message));
  if (missing) return settledAt(createdAt + missingGraceMs, now, () => refusedByPod(volumeWords(missing.message)));
  const last = troubles.at(-1);
  return last === undefined
    ? undecided
    : settledAt(firstHeard(troubles, createdAt) + mountGraceMs, now, () => refusedByPod(volumeWords(last.message)));
}

function sandboxFailure(
  news: PodNews,
  { now, createdAt }: { readonly now: number; readonly createdAt: number },
): Judgement<Failure> {
  if (pastObstacle(news, isNetworkTrouble)) return undecided;
  const troubles = podEvents(news).filter(isNetworkTrouble);
  const last = troubles.at(-1);
  if (last === undefined) return undecided;
  return settledAt(firstHeard(troubles, createdAt) + sandboxGraceMs, now, () =>
    refusedByPod(
      `the node cannot create the pod's network: ${last.message.replace(/^Failed to create pod sandbox: (rpc error: code = \w+ desc = )?/, '')}`,
    ),
  );
}

/** Reports whether the pod is past the obstacle. Kubelets create containers after all volumes and the sandbox. */
function pastObstacle(news: PodNews, isTrouble: (event: PodEvent) => boolean): boolean {
  if (statusesOf(news).some(({ state }) => state?.running !== undefined || state?.terminated !== undefined))
    return true;
  return stillTrue(news.events, isTrouble, ({ fieldPath }) => containerIn(fieldPath) !== undefined) === undefined;
}

/** Returns why a volume is not available, from an Event's message. */
export function volumeWords(said: string): string {
  const volume = /for volume "([^"]*)"\s*:\s*(.*)$/s.exec(said);
  const why = (volume?.[2] ?? said).trim();
  return `the volume ${volume ? `"${volume[1]}"` : 'of the pod'} is not available: ${isMissing(why) ? missingWords(why) : why}`;
}
