import type { ContainerStatus, PodContainer } from './pod-types.ts';
import type { PodEvent, ObservedPod } from './observed-pod.ts';

/** Returns the status of a container, init containers included. */
export function statusOf(observed: ObservedPod, container: string): ContainerStatus | undefined {
  return statusesOf(observed).find(({ name }) => name === container);
}

/**
 * Reports whether the kubelet has noticed that the container runs or has ended. The kubelet is up to a second late, and
 * serves no log before.
 */
export function isNoticed(observed: ObservedPod, container: string): boolean {
  const state = statusOf(observed, container)?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
}

/**
 * Returns the container's start time in milliseconds since 1970, by its node's clock, in whole seconds. Returns
 * `undefined` if it is not known.
 */
export function startOf(observed: ObservedPod, container: string): number | undefined {
  const { running, terminated } = statusOf(observed, container)?.state ?? {};
  const at = Date.parse(running?.startedAt ?? terminated?.startedAt ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** Reports whether the container has started. Events say so before the status does. */
export function hasStarted(observed: ObservedPod, container: string): boolean {
  return isNoticed(observed, container) || eventsOf(observed, container).some(({ reason }) => reason === 'Started');
}

export function statusesOf({ pod }: ObservedPod): readonly ContainerStatus[] {
  return [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
}

export function containerOf({ pod }: ObservedPod, container: string): PodContainer | undefined {
  return [...(pod?.spec.initContainers ?? []), ...(pod?.spec.containers ?? [])].find(({ name }) => name === container);
}

/** Returns the Events of one container, oldest first. */
export function eventsOf({ events }: ObservedPod, container: string): readonly PodEvent[] {
  return events.filter(({ fieldPath }) => containerIn(fieldPath) === container);
}

/**
 * Returns the container of a field path: `spec.initContainers{slipway-fill}` → `slipway-fill`. Returns `undefined` for
 * the whole pod.
 */
export function containerIn(fieldPath: string | undefined): string | undefined {
  return /\{(.*)\}$/.exec(fieldPath ?? '')?.[1];
}

/** Returns the Events of the whole pod, oldest first. */
export function podEvents({ events }: ObservedPod): readonly PodEvent[] {
  return events.filter(({ fieldPath }) => containerIn(fieldPath) === undefined);
}

/** Returns the last matching Event, unless a later Event shows that its cause is over. */
export function currentTrouble(
  events: readonly PodEvent[],
  isTrouble: (event: PodEvent) => boolean,
  isOver: (event: PodEvent) => boolean,
): PodEvent | undefined {
  const last = events.findLastIndex(isTrouble);
  return last < 0 || events.slice(last + 1).some(isOver) ? undefined : events[last];
}

/** Returns when the first of these Events was received. */
export function firstReceivedAt(events: readonly PodEvent[], otherwise: number): number {
  const times = events.flatMap(({ at }) => (at === undefined ? [] : [at]));
  return times.length === 0 ? otherwise : Math.min(...times);
}
