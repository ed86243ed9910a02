import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { writeCacheFile } from '../../util/write-cache-file.ts';
import type { CacheEntry } from './artifact-cache.ts';

/**
 * Entries that several machines share, by image and by what it was built from. Where a machine has its sources does not matter.
 * Each entry is a file that is written in one step, so any number of processes may use the folder.
 */
export interface SharedCache {
  find(image: string, key: string): CacheEntry | undefined;
  /** Replaces the entry of the same inputs. A folder that cannot be written is no error: the entry is not shared. */
  add(image: string, entry: CacheEntry): void;
}

/** @param directory absolute; it is made when something is added */
export function openSharedCache(directory: string): SharedCache {
  const fileOf = (image: string, key: string) =>
    join(directory, `${createHash('sha256').update(`${image}\0${key}`).digest('hex')}.json`);
  return {
    find(image, key) {
      const stored = readStored(fileOf(image, key));
      return stored?.image === image && stored.entry.key === key ? stored.entry : undefined;
    },
    add: (image, entry) => writeCacheFile(fileOf(image, entry.key), JSON.stringify({ format, image, entry })),
  };
}

const format = 1;

interface Stored {
  readonly format: number;
  readonly image: string;
  readonly entry: CacheEntry;
}

/** Others can write the folder, so nothing in it is trusted to have the right form. */
function readStored(file: string): Stored | undefined {
  try {
    const stored = JSON.parse(fs.readFileSync(file, 'utf8')) as Stored;
    const { key, reference, id, digest, builtAt } = stored.entry;
    const isEntry = typeof key === 'string' && typeof reference === 'string' && typeof builtAt === 'number';
    const isHash = (value: unknown) =>
      value === undefined || (typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value));
    return stored.format === format && isEntry && isHash(id) && isHash(digest) ? stored : undefined;
  } catch {
    return undefined;
  }
}
