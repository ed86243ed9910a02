import type { ContainerStatus, PodContainer } from './pod-types.ts';
import type { PodEvent, PodNews } from './pod-news.ts';

/** What the pod's state says of one of its containers, init containers included. */
export function statusOf(news: PodNews, container: string): ContainerStatus | undefined {
  return statusesOf(news).find(({ name }) => name === container);
}

/**
 * The kubelet itself has noticed that the container runs, or has ended: up to a second late. Before it has none of its
 * log can be had.
 */
export function isNoticed(news: PodNews, container: string): boolean {
  const state = statusOf(news, container)?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
}

/**
 * When the container started, by its node's clock and in whole seconds, as milliseconds since 1970; `undefined`: not
 * told.
 */
export function startOf(news: PodNews, container: string): number | undefined {
  const { running, terminated } = statusOf(news, container)?.state ?? {};
  const at = Date.parse(running?.startedAt ?? terminated?.startedAt ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** As soon as anybody says so: Events come before the status. */
export function hasStarted(news: PodNews, container: string): boolean {
  return isNoticed(news, container) || eventsOf(news, container).some(({ reason }) => reason === 'Started');
}

export function statusesOf({ pod }: PodNews): readonly ContainerStatus[] {
  return [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
}

export function containerOf({ pod }: PodNews, container: string): PodContainer | undefined {
  return [...(pod?.spec.initContainers ?? []), ...(pod?.spec.containers ?? [])].find(({ name }) => name === container);
}

/** The Events of one container, the oldest first. */
export function eventsOf({ events }: PodNews, container: string): readonly PodEvent[] {
  return events.filter(({ fieldPath }) => containerIn(fieldPath) === container);
}

/** `spec.initContainers{slipway-fill}` → `slipway-fill`; `undefined`: of the whole pod. */
export function containerIn(fieldPath: string | undefined): string | undefined {
  return /\{(.*)\}$/.exec(fieldPath ?? '')?.[1];
}

/** The Events of the whole pod, the oldest first. */
export function podEvents({ events }: PodNews): readonly PodEvent[] {
  return events.filter(({ fieldPath }) => containerIn(fieldPath) === undefined);
}

/** The last Event of these, unless one of the others came after it: then what it told of is over. */
export function stillTrue(
  events: readonly PodEvent[],
  isTrouble: (event: PodEvent) => boolean,
  isOver: (event: PodEvent) => boolean,
): PodEvent | undefined {
  const last = events.findLastIndex(isTrouble);
  return last < 0 || events.slice(last + 1).some(isOver) ? undefined : events[last];
}

/** When the first of these was heard of. */
export function firstHeard(events: readonly PodEvent[], otherwise: number): number {
  const times = events.flatMap(({ at }) => (at === undefined ? [] : [at]));
  return times.length === 0 ? otherwise : Math.min(...times);
}
