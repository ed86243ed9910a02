import { join, posix } from 'node:path';
import type { Argument, ContainerSpec } from '../runtime.ts';

/** Where the workload's volumes are on this machine. */
export interface VolumeFolders {
  folderOf(volume: string): string;
}

/** The place on this machine of a path that a container would see; `undefined` where it mounts nothing. The innermost mount counts. */
export function hostPathOf(path: string, mounts: ContainerSpec['mounts'], volumes: VolumeFolders): string | undefined {
  const wanted = posix.normalize(path);
  let best: { readonly folder: string; readonly mount: string } | undefined;
  for (const mount of mounts) {
    const at = withoutSlashAtEnd(posix.normalize(mount.path));
    if ((wanted === at || wanted.startsWith(at === '/' ? '/' : `${at}/`)) && at.length >= (best?.mount.length ?? 0)) {
      best = { folder: volumes.folderOf(mount.volume), mount: at };
    }
  }
  return best && withoutSlashAtEnd(join(best.folder, wanted.slice(best.mount.length)));
}

function withoutSlashAtEnd(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** An argument as the process gets it. */
export function resolveArgument(argument: Argument, volumes: VolumeFolders): string {
  return typeof argument === 'string' ? argument : withoutSlashAtEnd(join(volumes.folderOf(argument.volume), argument.path));
}
