import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isImageReference } from '../../util/image-grammar.ts';
import { readRegularFileSync } from '../../util/read-regular-file.ts';
import { writeCacheFile } from '../../util/write-cache-file.ts';
import type { InputState } from '../artifact-inputs.ts';
import { keyOf, type CacheEntry } from './artifact-cache.ts';

/**
 * Entries that several machines share, by image and by what it was built from. Where a machine has its sources does not matter.
 * Each entry is a file that is written in one step, so any number of processes may use the folder.
 */
export interface SharedCache {
  find(image: string, state: InputState): CacheEntry | undefined;
  /** Replaces the entry of the same inputs. A folder that cannot be written is no error: the entry is not shared. */
  add(image: string, entry: CacheEntry, state: InputState): void;
}

/**
 * @param directory absolute; it is made when something is added
 * @param platform what images without platforms are built for; empty if the inputs name platforms
 */
export function openSharedCache(directory: string, platform: string): SharedCache {
  const fileOf = (image: string, key: string) =>
    join(directory, `${createHash('sha256').update(`${image}\0${platform}\0${key}`).digest('hex')}.json`);
  return {
    find(image, state) {
      if (!isKnown(state)) return undefined;
      const key = keyOf(state);
      const stored = readStored(fileOf(image, key));
      return stored?.image === image && stored.entry.key === key ? stored.entry : undefined;
    },
    add(image, entry, state) {
      if (isKnown(state)) writeCacheFile(fileOf(image, entry.key), JSON.stringify({ format, image, entry }));
    },
  };
}

/** An image that this engine does not have may be another one on another machine. */
function isKnown({ baseImages, requires }: InputState): boolean {
  return ![...Object.values(baseImages), ...Object.values(requires)].includes('');
}

const format = 1;

/** An entry has a name, a tag and three digests. */
const largestEntry = 64 * 1024;

/** The content of the file of an entry. */
export interface StoredEntry {
  readonly format: number;
  readonly image: string;
  readonly entry: CacheEntry;
}

/**
 * Reads the file of an entry. Others can write the folder, so nothing in it is trusted to have the right form, or to be a file that
 * ends.
 */
export function readStored(file: string): StoredEntry | undefined {
  try {
    const stored = JSON.parse(readRegularFileSync(file, { atMost: largestEntry }).toString()) as StoredEntry;
    const { key, reference, id, digest, builtAt } = stored.entry;
    const isEntry =
      typeof key === 'string' && typeof reference === 'string' && isImageReference(reference) && isTime(builtAt);
    const isHash = (value: unknown) => value === undefined || isDigest(value);
    return stored.format === format && isEntry && isHash(id) && isHash(digest) ? stored : undefined;
  } catch {
    return undefined;
  }
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

/** Milliseconds since 1970 that a date can have. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e15;
}
