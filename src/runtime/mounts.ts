import { posix } from 'node:path';
import type { Argument, ContainerSpec } from './runtime.ts';

/** A path in a volume. `''` is the volume itself. */
export interface VolumePlace {
  readonly volume: string;
  readonly path: string;
}

/** Returns the volume that a container's path is in; `undefined` if none is mounted there. The innermost mount wins. */
export function placeOf(path: string, mounts: ContainerSpec['mounts']): VolumePlace | undefined {
  const wanted = withoutSlashAtEnd(posix.normalize(path));
  let best: { readonly volume: string; readonly at: string } | undefined;
  for (const { volume, path: mounted } of mounts) {
    const at = withoutSlashAtEnd(posix.normalize(mounted));
    if (isWithin(wanted, at) && at.length >= (best?.at.length ?? 0)) best = { volume, at };
  }
  return best && { volume: best.volume, path: wanted.slice(best.at.length).replace(/^\//, '') };
}

/**
 * Returns the text of an argument for a command.
 * @param rootOf returns the path of a volume as the command sees it
 */
export function argumentText(argument: Argument, rootOf: (volume: string) => string): string {
  return typeof argument === 'string'
    ? argument
    : (argument.before ?? '') + withoutSlashAtEnd(posix.join(rootOf(argument.volume), argument.path));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

function withoutSlashAtEnd(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
