import { posix } from 'node:path';
import { placeOf } from '../../mounts.ts';
import type { ContainerSpec, WorkloadSpec } from '../../runtime.ts';

/** Where the helper has a volume. */
export interface HelperMount {
  readonly volume: string;
  /** Absolute. */
  readonly path: string;
}

/** In the order of their start. */
export function allContainers(spec: WorkloadSpec): readonly ContainerSpec[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/**
 * The helper has each volume where the first container that mounts it does, so that a path means the same in both. Where two volumes want the
 * same place, which containers of their own may, the later one is elsewhere. A volume that nobody mounts is not there.
 */
export function helperMounts(spec: WorkloadSpec): readonly HelperMount[] {
  const mounts: HelperMount[] = [];
  for (const { mounts: wanted } of allContainers(spec)) {
    for (const { volume, path } of wanted) {
      if (mounts.some((mount) => mount.volume === volume)) continue;
      const place = clean(path);
      mounts.push({ volume, path: mounts.some((mount) => mount.path === place) ? `/.slipway-volumes/${volume}` : place });
    }
  }
  return mounts;
}

/** Where the helper has what a container sees at a path of its own; `undefined` for what is in no volume. */
export function helperPath(spec: WorkloadSpec, container: ContainerSpec, path: string): string | undefined {
  const place = placeOf(path, container.mounts);
  const root = helperMounts(spec).find(({ volume }) => volume === place?.volume);
  return place && root && clean(posix.join(root.path, place.path));
}

function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
