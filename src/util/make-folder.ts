import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. Not an error if it exists. Throws the system's error for the first that
 * cannot be created. Node's recursive `mkdir` loops for ever on file systems that return ENOENT for every new name,
 * such as `/proc`.
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
