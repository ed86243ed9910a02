import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing; one that exists is fine. Throws the system's error for the first
 * that cannot be made. Node's own recursive `mkdir` tries for ever where a file system answers ENOENT for every new
 * name, as `/proc` does.
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (madeOne(path, mode)) return;
  makeFolder(dirname(path), mode);
  if (!madeOne(path, mode)) statSync(path);
}

/** @returns false if the parent may be missing */
function madeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) return false;
    if (code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
    return true;
  }
}
