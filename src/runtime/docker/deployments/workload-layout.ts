import { podAddressMark, type LocalContainer, type LocalVolume, type LocalWorkload } from '../../local-deployments.ts';

/** Returns all containers in the order in which they start. */
export function allContainers(workload: LocalWorkload): readonly LocalContainer[] {
  return [...workload.initContainers, ...workload.containers];
}

/**
 * Reports whether a container of Slipway's own must hold the network: the others come and go, and the network of the
 * engine's own containers goes with its first process.
 */
export function wantsHolder(workload: LocalWorkload): boolean {
  if (workload.network !== 'deploy') return false;
  const lasting = [...workload.initContainers.filter(({ sidecar }) => sidecar), ...workload.containers];
  return (
    lasting.length > 1 ||
    workload.forwards.length > 0 ||
    allContainers(workload).some(namesAddress) ||
    workload.volumes.some((volume) => isMemory(volume) && mounting(workload, volume).length > 1)
  );
}

/** Returns the engine's name of a volume, `undefined` if it is none of the engine's. */
export function volumeName(workload: LocalWorkload, volume: LocalVolume): string | undefined {
  switch (volume.kind) {
    case 'claim':
      return volume.volume;
    case 'host':
      return undefined;
    default:
      return `${workload.name}.${volume.name}`;
  }
}

/** Returns the volumes that are removed with the workload. */
export function ownVolumes(workload: LocalWorkload): readonly LocalVolume[] {
  return workload.volumes.filter(
    (volume) =>
      volume.kind === 'empty' ||
      (volume.kind === 'files' && mounting(workload, volume).some((mount) => mount.subPath === undefined)),
  );
}

export function isMemory(volume: LocalVolume): boolean {
  return volume.kind === 'empty' && volume.memory;
}

function mounting(workload: LocalWorkload, { name }: LocalVolume) {
  return allContainers(workload).flatMap(({ mounts }) => mounts.filter(({ volume }) => volume === name));
}

function namesAddress({ env, command = [], args = [] }: LocalContainer): boolean {
  return [...Object.values(env), ...command, ...args].some((text) => text.includes(podAddressMark));
}
