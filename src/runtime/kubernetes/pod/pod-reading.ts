/** What a pod of ours says about itself, to whoever made it and to whoever finds it. */
import type { WorkloadRef } from '../../runtime.ts';
import { placeOf } from '../../mounts.ts';
import { fillContainer, helperContainer } from './control-volume.ts';
import { unfilledMessage } from './gate.ts';
import { containersAnnotation } from './pod-specification.ts';
import type { Pod, PodContainer } from './pod-types.ts';

/** Whether there is a gate before its commands. */
export function isGated(pod: Pod): boolean {
  return !(pod.spec.initContainers ?? []).some(({ name }) => name === fillContainer);
}

/** The workload's own containers that last; the first of them is the one that counts. */
export function workloadContainers(pod: Pod): readonly string[] {
  return (pod.metadata.annotations?.[containersAnnotation] ?? '').split(',').filter((name) => name !== '');
}

/** Where the helper has what a container sees at a path; `undefined` for what is in no volume. */
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
 * What a container was given, `NAME=value` each, of names that a shell can set. Kubernetes reads `$$` as `$`
 * (pod-specification.ts).
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

/** Reports whether a pod has ended itself because no process filled it: none of its commands has begun. */
export function wasGivenUp({ status }: Pod): boolean {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const helpers = all.filter(({ name }) => name === helperContainer || name === fillContainer);
  return helpers.some(({ state }) => state?.terminated?.message?.startsWith(unfilledMessage) === true);
}

/** Whether the cluster says so already. */
export function hasEnded(pod: Pod, container: string): boolean {
  return stateOfContainer(pod, container)?.terminated !== undefined;
}

function stateOfContainer(pod: Pod, container: string | undefined) {
  return pod.status?.containerStatuses?.find(({ name }) => name === container)?.state;
}

/**
 * As the cluster knows it. It tells of containers up to a second late: one that has a node may have run, whatever is
 * said of it; `running` says no more.
 */
export function stateOf(pod: Pod): WorkloadRef['state'] {
  const [main] = workloadContainers(pod);
  const state = stateOfContainer(pod, main);
  if (state?.terminated !== undefined || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded')
    return 'exited';
  return state?.running === undefined && pod.spec.nodeName === undefined ? 'created' : 'running';
}
