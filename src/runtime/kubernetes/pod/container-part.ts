import { controlVolume, fillContainer, helperContainer } from './control-volume.ts';
import { workloadContainers } from './pod-reading.ts';
import type { Pod, PodContainer } from './pod-types.ts';

/** What a container of a pod is for. */
export type ContainerPart =
  /** Runs a command of the workload, behind a gate if there are gates. */
  | 'step'
  /** Hands over files; lives as long as the pod. */
  | 'helper'
  /** Takes the files of a pod without gates; has to exit with 0. */
  | 'fill'
  /** Of the template: has to exit with 0 before the step starts. */
  | 'init'
  /** Of the template: an init container that Kubernetes restarts (`restartPolicy: Always`). */
  | 'restarted'
  /** Of the template: runs beside the step, and may exit with 0. */
  | 'sidecar';

/** The containers of a pod in the order of their start, each with its part. */
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
