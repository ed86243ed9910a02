import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isRepositoryName, isTag, splitImageName } from '../../registry/image-reference.ts';
import { readRegularFileSync } from '../../util/read-regular-file.ts';
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

/** An entry has a name, a tag and three digests. */
const largestEntry = 64 * 1024;

interface Stored {
  readonly format: number;
  readonly image: string;
  readonly entry: CacheEntry;
}

/** Others can write the folder, so nothing in it is trusted to have the right form, or to be a file that ends. */
function readStored(file: string): Stored | undefined {
  try {
    const stored = JSON.parse(readRegularFileSync(file, { atMost: largestEntry }).toString()) as Stored;
    const { key, reference, id, digest, builtAt } = stored.entry;
    const isEntry = typeof key === 'string' && isReference(reference) && isTime(builtAt);
    const isHash = (value: unknown) => value === undefined || isDigest(value);
    return stored.format === format && isEntry && isHash(id) && isHash(digest) ? stored : undefined;
  } catch {
    return undefined;
  }
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

function isReference(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const { name, tag, digest } = splitImageName(value);
  return isRepositoryName(name) && (tag === undefined || isTag(tag)) && (digest === undefined || isDigest(digest));
}

/** Milliseconds since 1970 that a date can have. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e15;
}
