import { posix } from 'node:path';
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
 * The helper has each volume where the first container that mounts it does, so that a path means the same in both.
 * Where two volumes want the same place, which containers of their own may, the later one is elsewhere. A volume that
 * nobody mounts is not there.
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
