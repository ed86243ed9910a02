import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { writeCacheFile } from '../../util/write-cache-file.ts';
import type { BuiltArtifact } from '../builder.ts';
import type { InputState } from '../artifact-inputs.ts';
import { changesBetween, type Miss } from './explain-miss.ts';

/** An image that was built, with what it was built from. */
export interface CacheEntry extends BuiltArtifact {
  /** With its tag. */
  readonly reference: string;
  readonly state: InputState;
  /** Milliseconds since 1970. */
  readonly builtAt: number;
}

/**
 * The images that were built, by what they were built from. Each artifact has a file of its own, which is replaced in one step, so
 * processes may share the cache. An entry that is lost by that is a miss.
 */
export interface ArtifactCache {
  /** Returns the newest entries first. */
  entries(artifact: string): readonly CacheEntry[];
  add(artifact: string, entry: CacheEntry): void;
}

/** More entries of one artifact are of no use: their images are usually gone. */
const mostEntries = 10;

/** Opens the cache in a folder. */
export function openArtifactCache(directory: string): ArtifactCache {
  const fileOf = (artifact: string) =>
    join(directory, `${createHash('sha256').update(artifact).digest('hex').slice(0, 32)}.json`);
  const entries = (artifact: string): readonly CacheEntry[] => {
    try {
      const stored = JSON.parse(fs.readFileSync(fileOf(artifact), 'utf8')) as { format: number; entries: unknown[] };
      return stored.format === 1 ? stored.entries.filter(isEntry) : [];
    } catch {
      // A cache that cannot be read has no entries.
      return [];
    }
  };
  return {
    entries,
    add(artifact, entry) {
      const key = keyOf(entry.state);
      const others = entries(artifact).filter(({ state }) => keyOf(state) !== key);
      const stored = { format: 1, artifact, entries: [entry, ...others].slice(0, mostEntries) };
      writeCacheFile(fileOf(artifact), JSON.stringify(stored));
    },
  };
}

function isEntry(value: unknown): value is CacheEntry {
  const { state } = (value ?? {}) as { state?: Partial<Record<string, unknown>> | null };
  return ['files', 'options', 'baseImages', 'requires'].every((part) => typeof (state?.[part] ?? 0) === 'object');
}

/** Returns the digest of a state. Equal states make equal images. */
export function keyOf(state: InputState): string {
  const sorted = (part: Readonly<Record<string, string>>) => Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));
  const { files, options, baseImages, requires } = state;
  const text = JSON.stringify([files, options, baseImages, requires].map(sorted));
  return createHash('sha256').update(text).digest('hex');
}

/** Returns the entry for a state, or why there is none. */
export function lookUp(entries: readonly CacheEntry[], state: InputState): CacheEntry | Miss {
  const key = keyOf(state);
  const found = entries.find((entry) => keyOf(entry.state) === key);
  if (found) return found;
  const [last] = entries;
  return last ? { kind: 'changed', changes: changesBetween(last.state, state) } : { kind: 'first' };
}
