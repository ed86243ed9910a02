import fs from 'node:fs';
import { join } from 'node:path';
import type { PrunedSharedCache, SharedCachePruning } from '../../model/cached-image.ts';
import { readStored } from './shared-cache.ts';

/** How long a file may take to be written before it counts as left by a crash. */
const temporaryMs = 3_600_000;

const entryName = /^[0-9a-f]{64}\.json$/;
const temporaryName = /^\.[0-9a-f]{64}\.json-[0-9a-f-]+$/;

interface Found {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  readonly isTemporary: boolean;
}

/**
 * Removes the entries of a shared cache that are too old, and the oldest ones until the others fit into its size. Touches only files
 * that have the names of entries: others may keep theirs in the folder. Other processes may add and remove entries meanwhile. Throws
 * errors of the system.
 */
export function pruneSharedCache(pruning: SharedCachePruning): PrunedSharedCache {
  const { directory, all, now, olderThanMs, mostBytes, dryRun } = pruning;
  const found = fs.readdirSync(directory).flatMap((name) => foundAt(directory, name) ?? []);
  const isOld = ({ storedAt, isTemporary }: Found) => now - storedAt > (isTemporary ? temporaryMs : olderThanMs);
  const removed: PrunedSharedCache['removed'][number][] = [];
  let bytes = 0;
  let kept = 0;
  let keptBytes = 0;
  // The newest first: they stay as long as there is room.
  for (const one of found.toSorted((a, b) => b.storedAt - a.storedAt)) {
    const isTooMuch = mostBytes !== undefined && keptBytes + one.bytes > mostBytes;
    const because = isOld(one) ? 'old' : one.isTemporary ? undefined : all ? 'all' : isTooMuch ? 'size' : undefined;
    if (because === undefined) {
      if (!one.isTemporary) kept++;
      keptBytes += one.bytes;
      continue;
    }
    const reference = one.isTemporary ? undefined : readStored(one.path)?.entry.reference;
    if (!dryRun) fs.rmSync(one.path, { force: true });
    removed.push({ file: one.path, because, ...(reference !== undefined && { reference }) });
    bytes += one.bytes;
  }
  return { removed, kept, bytes };
}

function foundAt(directory: string, name: string): Found | undefined {
  const isTemporary = temporaryName.test(name);
  if (!isTemporary && !entryName.test(name)) return undefined;
  const path = join(directory, name);
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? { path, bytes: stat.size, storedAt: stat.mtimeMs, isTemporary } : undefined;
}
