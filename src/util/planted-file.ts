/**
 * Files that somebody else may have put there for us to find, as in `/tmp`: Git's `safe.directory` and the kernel's
 * `protected_symlinks` guard against the same. (docs/wharf-ci.md, "Files of others")
 */
import fs from 'node:fs';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';

export interface Ownership {
  readonly uid: number;
  readonly mode: number;
}

/**
 * Reports whether a file is somebody else's, in a folder that everybody may write to.
 * @param place of the project's own folder only one like `/tmp` counts, where nobody removes the files of others:
 * containers and network shares have folders that are open to all, on purpose
 */
export function isPlanted(file: Ownership, folder: Ownership, user: number, place: 'project' | 'above'): boolean {
  if (file.uid === user || file.uid === 0) return false;
  const isOpen = (folder.mode & 0o002) !== 0;
  const isSticky = (folder.mode & 0o1000) !== 0;
  return isOpen && (isSticky || place === 'above');
}

/**
 * As `isPlanted`, of what lies at a path: a link counts by its own owner. `undefined` where it is not planted, or not
 * there.
 */
export function planter(path: string, place: 'project' | 'above'): number | undefined {
  // Systems without users that have numbers have no such folders either.
  if (geteuid === undefined) return undefined;
  const file = fs.lstatSync(path, { throwIfNoEntry: false });
  const folder = fs.statSync(dirname(path), { throwIfNoEntry: false });
  return file !== undefined && folder !== undefined && isPlanted(file, folder, geteuid(), place) ? file.uid : undefined;
}
