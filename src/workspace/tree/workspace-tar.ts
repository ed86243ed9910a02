import { nameParts } from '../../tar/tar-name.ts';

/**
 * Returns the workspace path of an entry of `copyOut`. The entry's name starts with the last component of the path that
 * was read. For the root, that is the name of the mount.
 * @returns bytes as characters; throws `TarError` `refused` for names that lead out
 */
export function workspacePath(base: string, name: Buffer): string {
  return [...nameParts(Buffer.from(base)), ...nameParts(name).slice(1)].join('/');
}
