import { nameParts } from '../../tar/tar-name.ts';

/**
 * Where an entry of `copyOut` lies in the workspace. Its name begins with the last component of the path that was read,
 * whatever the runtime calls that (of the root it is the name of the mount).
 * @returns bytes as characters; throws `TarError` `refused` for names that lead out
 */
export function workspacePath(base: string, name: Buffer): string {
  return [...nameParts(Buffer.from(base)), ...nameParts(name).slice(1)].join('/');
}
