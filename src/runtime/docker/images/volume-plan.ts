import type { Argument, ContainerSpec, VolumeSpec, WorkloadSpec } from '../../runtime.ts';

/**
 * Where a workload's volumes are stored: in the file system of the only container that mounts them, or in a volume of
 * the engine.
 */
export interface VolumePlan {
  readonly shared: readonly VolumeSpec[];
  /** Returns the volumes that only this container mounts, with their paths. */
  own(container: ContainerSpec): readonly { readonly volume: VolumeSpec; readonly path: string }[];
}

export function planVolumes(spec: WorkloadSpec): VolumePlan {
  const mounting = (volume: VolumeSpec) =>
    allContainers(spec).filter(({ mounts }) => mounts.some((mount) => mount.volume === volume.name));
  const shared = spec.volumes.filter((volume) => mounting(volume).length > 1);
  return {
    shared,
    own: (container) =>
      container.mounts.flatMap(({ volume: name, path }) => {
        const volume = volumeNamed(spec, name);
        return shared.includes(volume) ? [] : [{ volume, path }];
      }),
  };
}

/** Returns all containers in start order. */
export function allContainers(spec: WorkloadSpec): readonly ContainerSpec[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** Returns the engine's name of a shared volume. */
export function engineVolume(workload: string, volume: string): string {
  return `${workload}-${volume}`;
}

/** Returns the argument as the container's command sees it. */
export function resolveArgument(container: ContainerSpec, argument: Argument): string {
  if (typeof argument === 'string') return argument;
  const mount = container.mounts.find(({ volume }) => volume === argument.volume);
  if (!mount) throw new Error(`container ${container.name} does not mount volume ${argument.volume}`);
  return (
    (argument.before ?? '') + (argument.path === '' ? mount.path : `${mount.path.replace(/\/$/, '')}/${argument.path}`)
  );
}

function volumeNamed(spec: WorkloadSpec, name: string): VolumeSpec {
  const volume = spec.volumes.find((candidate) => candidate.name === name);
  if (!volume) throw new Error(`workload ${spec.name} has no volume ${name}`);
  return volume;
}

/** Returns `/` and the folders above a path: for `/a/b/c`, `/a` and `/a/b`. */
export function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.slice(0, -1).map((_, i) => `/${parts.slice(0, i + 1).join('/')}`);
}
