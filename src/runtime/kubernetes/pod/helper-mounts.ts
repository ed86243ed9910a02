import { posix } from 'node:path';
import type { ContainerSpec, WorkloadSpec } from '../../runtime.ts';

/** Where the helper mounts a volume. */
export interface HelperMount {
  readonly volume: string;
  /** Absolute. */
  readonly path: string;
}

/** Returns all containers in start order. */
export function allContainers(spec: WorkloadSpec): readonly ContainerSpec[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/**
 * Returns the helper's mounts. The helper mounts each volume where the first container mounts it, so a path means the
 * same in both. If two volumes share a path in their own containers, the later one gets another path. The helper omits
 * volumes that no container mounts.
 */
export function helperMounts(spec: WorkloadSpec): readonly HelperMount[] {
  const mounts: HelperMount[] = [];
  for (const { mounts: wanted } of allContainers(spec)) {
    for (const { volume, path } of wanted) {
      if (mounts.some((mount) => mount.volume === volume)) continue;
      const place = clean(path);
      mounts.push({
        volume,
        path: mounts.some((mount) => mount.path === place) ? `/.slipway-volumes/${volume}` : place,
      });
    }
  }
  return mounts;
}

function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
