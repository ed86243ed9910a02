import { controlVolume, fillContainer, helperContainer } from './control-volume.ts';
import { workloadContainers } from './pod-reading.ts';
import type { Pod, PodContainer } from '../../../clusters/pods/pod-types.ts';

/** The role of a container in its pod. */
export type ContainerPart =
  /** Runs a command of the workload, behind a gate in a gated pod. */
  | 'step'
  /** Transfers files. Runs as long as the pod does. */
  | 'helper'
  /** Receives the files of a pod without gates. Must exit with 0. */
  | 'fill'
  /** From the template: must exit with 0 before the step starts. */
  | 'init'
  /** From the template: an init container that Kubernetes restarts (`restartPolicy: Always`). */
  | 'restarted'
  /** From the template: runs beside the step, and may exit with 0. */
  | 'sidecar';

/** Returns the containers of a pod with their roles, in start order. */
export function partsOf(pod: Pod): readonly { readonly container: string; readonly part: ContainerPart }[] {
  const own = workloadContainers(pod);
  const part = (container: PodContainer, isInit: boolean): ContainerPart => {
    if (container.name === helperContainer) return 'helper';
    if (container.name === fillContainer) return 'fill';
    if (own.includes(container.name) || container.volumeMounts?.some(({ name }) => name === controlVolume) === true)
      return 'step';
    if (!isInit) return 'sidecar';
    return container['restartPolicy'] === 'Always' ? 'restarted' : 'init';
  };
  const of = (containers: readonly PodContainer[], isInit: boolean) =>
    containers.map((each) => ({ container: each.name, part: part(each, isInit) }));
  return [...of(pod.spec.initContainers ?? [], true), ...of(pod.spec.containers, false)];
}
