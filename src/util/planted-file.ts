/**
 * Detects files that another user may have planted, such as in `/tmp`. Git's `safe.directory` and the kernel's
 * `protected_symlinks` protect against the same. (docs/wharf-ci.md, "Files of others")
 */
import fs from 'node:fs';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';

export interface FileOwner {
  readonly uid: number;
  readonly mode: number;
}

/**
 * Reports whether a file belongs to another user and is in a folder that everyone may write to.
 * @param place for the project's own folder, only sticky folders such as `/tmp` count: containers and network shares
 * have folders that are open to everyone on purpose
 */
export function isPlanted(file: FileOwner, folder: FileOwner, user: number, place: 'project' | 'above'): boolean {
  if (file.uid === user || file.uid === 0) return false;
  const isOpen = (folder.mode & 0o002) !== 0;
  const isSticky = (folder.mode & 0o1000) !== 0;
  return isOpen && (isSticky || place === 'above');
}

/**
 * Applies `isPlanted` to a path. A link counts by its own owner. Returns `undefined` if the file is not planted, or
 * does not exist.
 */
export function ownerOfPlanted(path: string, place: 'project' | 'above'): number | undefined {
  // Systems without numeric user ids have no such folders either.
  if (geteuid === undefined) return undefined;
  const file = fs.lstatSync(path, { throwIfNoEntry: false });
  const folder = fs.statSync(dirname(path), { throwIfNoEntry: false });
  return file !== undefined && folder !== undefined && isPlanted(file, folder, geteuid(), place) ? file.uid : undefined;
}
