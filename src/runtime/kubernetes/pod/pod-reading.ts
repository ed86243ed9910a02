/** Reads from a pod what its creator recorded in it. */
import type { WorkloadRef } from '../../runtime.ts';
import { placeOf } from '../../mounts.ts';
import { fillContainer, helperContainer } from './control-volume.ts';
import { unfilledMessage } from './gate.ts';
import { containersAnnotation } from './pod-specification.ts';
import type { Pod, PodContainer } from '../../../clusters/pods/pod-types.ts';

/** Reports whether the pod's commands are behind a gate. */
export function isGated(pod: Pod): boolean {
  return !(pod.spec.initContainers ?? []).some(({ name }) => name === fillContainer);
}

/** Returns the workload's own long-running containers. The first one is the main container. */
export function workloadContainers(pod: Pod): readonly string[] {
  return (pod.metadata.annotations?.[containersAnnotation] ?? '').split(',').filter((name) => name !== '');
}

/** Returns the helper's path for a container's path; `undefined` if the path is in no volume. */
export function pathInHelper(pod: Pod, container: string, path: string): string | undefined {
  const place = placeOf(path, mountsOf(pod, container));
  const root = mountsOf(pod, helperContainer).find(({ volume }) => volume === place?.volume)?.path;
  if (place === undefined || root === undefined) return undefined;
  return place.path === '' ? root : `${root.replace(/\/$/, '')}/${place.path}`;
}

function mountsOf(pod: Pod, container: string): readonly { readonly volume: string; readonly path: string }[] {
  const found: PodContainer | undefined = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(
    ({ name }) => name === container,
  );
  return (found?.volumeMounts ?? []).map(({ name, mountPath }) => ({ volume: name, path: mountPath }));
}

/**
 * Returns a container's environment as `NAME=value` entries, for names that a shell can set. Kubernetes reads `$$` as
 * `$` (pod-specification.ts).
 */
export function environmentOf(pod: Pod, container: string): readonly string[] {
  const { env = [] } = pod.spec.containers.find(({ name }) => name === container) ?? {};
  return env.flatMap(({ name, value }) =>
    value === undefined || !/^[A-Za-z_]\w*$/.test(name) ? [] : [`${name}=${value.replaceAll('$$', () => '$')}`],
  );
}

export function refOf(pod: Pod): WorkloadRef {
  const { name, uid, labels, creationTimestamp } = pod.metadata;
  return {
    runtime: 'kubernetes',
    id: uid ?? '',
    name,
    labels: Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => key.startsWith('slipway.dev/'))),
    state: stateOf(pod),
    ...(creationTimestamp !== undefined && { createdAt: Date.parse(creationTimestamp) }),
  };
}

/** Reports whether a pod ended itself because no process filled it. None of its commands has begun. */
export function endedUnfilled({ status }: Pod): boolean {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const helpers = all.filter(({ name }) => name === helperContainer || name === fillContainer);
  return helpers.some(({ state }) => state?.terminated?.message?.startsWith(unfilledMessage) === true);
}

/** Reports whether the cluster reports the container's end. */
export function hasEnded(pod: Pod, container: string): boolean {
  return stateOfContainer(pod, container)?.terminated !== undefined;
}

function stateOfContainer(pod: Pod, container: string | undefined) {
  return pod.status?.containerStatuses?.find(({ name }) => name === container)?.state;
}

/**
 * Returns the state that the cluster reports. Container statuses are up to a second late, so a container that has a
 * node may have run. `running` means no more than that.
 */
export function stateOf(pod: Pod): WorkloadRef['state'] {
  const [main] = workloadContainers(pod);
  const state = stateOfContainer(pod, main);
  if (state?.terminated !== undefined || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded')
    return 'exited';
  return state?.running === undefined && pod.spec.nodeName === undefined ? 'created' : 'running';
}
