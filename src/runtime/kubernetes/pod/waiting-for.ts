import type { Observation } from '../../../model/work.ts';
import { containerIn, statusesOf } from './container-news.ts';
import { isFinal, registryWords } from './registry-words.ts';
import { isPlaced, unplacedWords } from './unschedulable.ts';
import type { PodEvent, PodNews } from './pod-news.ts';

/** What keeps a pod's containers from running, for people: one sentence; `undefined`: they run, or have ended. */
export function waitingFor(news: PodNews): string | undefined {
  if (news.pod === undefined && news.events.length === 0) return 'waiting for the cluster to tell of the pod';
  if (!isPlaced(news)) return withReason('waiting for a node', unplacedWords(news));
  const open = statusesOf(news).filter(({ state }) => state?.running === undefined && state?.terminated === undefined);
  const started = new Set(news.events.filter(({ reason }) => reason === 'Started').map(({ fieldPath }) => containerIn(fieldPath)));
  const waiting = open.filter(({ name }) => !started.has(name));
  if (statusesOf(news).length > 0 && waiting.length === 0) return undefined;
  const image = pullOf(news);
  if (image !== undefined) return `pulling ${image}`;
  const mount = news.events.findLast(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume');
  return mount === undefined || waiting.length < open.length ? 'its containers are being made' : withReason('waiting for its volumes', mount.message);
}

/** The image that is being pulled, as Events say. */
function pullOf({ events }: PodNews): string | undefined {
  const pulling = events.findLast(({ reason, fieldPath }) => {
    const times = (wanted: (event: PodEvent) => boolean) => events.filter((event) => event.fieldPath === fieldPath && wanted(event)).reduce((sum, { count }) => sum + (count ?? 1), 0);
    const ends = times((event) => event.reason === 'Pulled' || (event.reason === 'Failed' && event.message.startsWith('Failed to pull image')));
    return reason === 'Pulling' && times((event) => event.reason === 'Pulling') > ends;
  });
  return pulling && imageIn(pulling.message);
}

/**
 * What the news so far are worth being told to people, the oldest first. More news only add to it: whoever has told the first n tells the
 * rest. Pulls that failed and are tried again are warnings; those that end the step are its failure.
 */
export function toldOf({ events }: PodNews): readonly Observation[] {
  const told = new Map<string, Observation>();
  for (const event of events) {
    const observation = observed(event);
    if (observation !== undefined) told.set(`${observation.type} ${'image' in observation ? observation.image : JSON.stringify(observation)}`, observation);
  }
  return [...told.values()];
}

function observed({ reason, message }: PodEvent): Observation | undefined {
  const image = imageIn(message);
  if (reason === 'Pulling' && image !== undefined) return { type: 'image.pulling', image };
  if (reason === 'Pulled' && image !== undefined && message.startsWith('Successfully')) return { type: 'image.pulled', image };
  if (reason === 'FailedScheduling') return { type: 'noted', level: 'info', message: withReason('waiting for a node', unplacedWords({ events: [{ type: 'Warning', reason, message }] })) };
  if (reason === 'TriggeredScaleUp') return { type: 'noted', level: 'info', message: 'waiting for a node: the cluster makes one' };
  if (reason === 'Failed' && message.startsWith('Failed to pull image')) {
    const words = registryWords(message);
    return isFinal(words) ? undefined : { type: 'noted', level: 'warning', message: `${image ?? 'the image'} could not be pulled, and is tried again: ${words}` };
  }
  if (reason === 'FailedCreatePodSandBox' || reason === 'NodeNotReady') return { type: 'noted', level: 'warning', message: withReason('the cluster has trouble with the pod', message) };
  return undefined;
}

function imageIn(message: string): string | undefined {
  return /image "([^"]*)"/.exec(message)?.[1];
}

function withReason(what: string, why: string | undefined): string {
  return why === undefined ? what : `${what}: ${why.replace(/[.\s]+$/, '')}`;
}
