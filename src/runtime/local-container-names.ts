import type { LocalContainer, LocalWorkload } from './local-deployments.ts';

/** The name of the container that holds the network. No container of a pod can have it. */
export const holderName = 'slipway.pod';

type NamedWorkload = Pick<LocalWorkload, 'name'> &
  Readonly<Record<'initContainers' | 'containers', readonly Pick<LocalContainer, 'name'>[]>>;

/** Returns the engine's name of a container. */
export function engineName(workload: NamedWorkload, container: string): string {
  const alone = workload.initContainers.length === 0 && workload.containers.length === 1;
  return alone && container !== holderName ? workload.name : `${workload.name}.${container}`;
}

/** Returns every name that a workload may take on an engine: its own, those of its containers and of the network's holder. */
export function engineNames(workload: NamedWorkload): ReadonlySet<string> {
  const containers = [...workload.initContainers, ...workload.containers, { name: holderName }];
  return new Set([workload.name, ...containers.map(({ name }) => engineName(workload, name))]);
}
