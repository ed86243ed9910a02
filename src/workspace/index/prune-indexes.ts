import fs from 'node:fs';
import { join } from 'node:path';
import { folderOfIndex } from './index-file.ts';

export interface IndexPruning {
  readonly all: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Indexes that were stored longer ago are removed. Milliseconds. */
  readonly olderThanMs: number;
  readonly dryRun: boolean;
}

/**
 * Removes index files that are old, damaged, of another format or of a folder that is gone. A process that uses one stores it
 * again. Returns how many there were, and their bytes.
 */
export function pruneIndexes(
  directory: string,
  { all, now, olderThanMs, dryRun }: IndexPruning,
): { readonly removed: number; readonly bytes: number } {
  let [removed, bytes] = [0, 0];
  for (const name of fs.existsSync(directory) ? fs.readdirSync(directory) : []) {
    const path = join(directory, name);
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) continue;
    // Another process may be writing it.
    const isTemporary = name.startsWith('.') && now - stat.mtimeMs < temporaryMs;
    if (isTemporary) continue;
    const folder = folderOfIndex(fs.readFileSync(path));
    const isKept = !all && folder !== undefined && fs.existsSync(folder) && now - stat.mtimeMs <= olderThanMs;
    if (isKept) continue;
    if (!dryRun) fs.rmSync(path, { force: true });
    removed++;
    bytes += stat.size;
  }
  return { removed, bytes };
}

/** How long a file may take to be written before it counts as left by a crash. */
const temporaryMs = 3_600_000;
