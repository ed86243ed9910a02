import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { writeCacheFile } from '../../util/write-cache-file.ts';
import type { BuiltArtifact } from '../builder.ts';
import type { InputState } from '../artifact-inputs.ts';
import { changesSinceNearest, type InputChange, type Miss } from './explain-miss.ts';

/** An image that was built. */
export interface CacheEntry extends BuiltArtifact {
  /** The digest of what it was built from (`keyOf`). */
  readonly key: string;
  /** With its tag. */
  readonly reference: string;
  /** Milliseconds since 1970. */
  readonly builtAt: number;
  /** The image was taken by its reference. What it was built from is not known. */
  readonly isImported?: true;
}

/** The last build, if its image is not in the cache because its inputs changed meanwhile. */
export interface UnkeptBuild {
  /** The digest of the inputs after the build. Absent: unknown. */
  readonly key?: string;
  /** What changed. Empty: unknown. */
  readonly changes: readonly InputChange[];
}

/**
 * The images that were built, by what they were built from. Each artifact has files of its own, which are replaced in one step, so
 * processes may share the cache. An entry that is lost by that is a miss.
 */
export interface ArtifactCache {
  /** Returns the newest entries first. */
  entries(artifact: string): readonly CacheEntry[];
  /** Returns what an entry was built from. Misses are explained by it. */
  state(artifact: string, key: string): InputState | undefined;
  /** Returns the last build if it is not among the entries. */
  unkept(artifact: string): UnkeptBuild | undefined;
  /** Adds an entry, which is the newest one from now on. */
  add(artifact: string, entry: CacheEntry, state: InputState): void;
  /** Stores that the last build is not among the entries. The next `add` removes this. */
  setUnkept(artifact: string, unkept: UnkeptBuild): void;
  /** Returns the names of all artifacts, sorted. */
  artifacts(): readonly string[];
  /** Removes the entries with these keys. An artifact without entries is removed with everything that is known of it. */
  remove(artifact: string, keys: ReadonlySet<string>): void;
}

/** What names an artifact in the cache. The same image in another folder, or for another platform, is another artifact. */
export interface NamedArtifact {
  readonly image: string;
  /** The folder of its sources. */
  readonly context: string;
  /** Given if the image is one of several platforms. */
  readonly platform?: string | undefined;
}

/** Returns the name of an artifact in the cache. */
export function artifactName({ image, context, platform }: NamedArtifact): string {
  return `${platform === undefined ? image : `${image},${platform}`} ${context}`;
}

/** Returns the parts of a name. Images and platforms have no blanks and no commas. */
export function artifactOf(name: string): NamedArtifact {
  const blank = name.indexOf(' ');
  const [image = '', platform] = name.slice(0, blank).split(',');
  return { image, context: name.slice(blank + 1), ...(platform !== undefined && { platform }) };
}

/** More entries of one artifact are of no use: their images are usually gone. */
const mostEntries = 10;

/** More changes of one build are no help to anybody. */
const mostChanges = 1000;

/** Opens the cache in a folder. */
export function openArtifactCache(directory: string): ArtifactCache {
  const nameOf = (artifact: string) => createHash('sha256').update(artifact).digest('hex').slice(0, 32);
  const fileOf = (artifact: string) => join(directory, `${nameOf(artifact)}${entriesEnd}`);
  const stateNameOf = (artifact: string, key: string) => `${nameOf(artifact)}.${key.slice(0, 32)}${stateEnd}`;
  const stateFileOf = (artifact: string, key: string) => join(directory, stateNameOf(artifact, key));
  const entries = (artifact: string): readonly CacheEntry[] => {
    const stored = readStored(fileOf(artifact))?.['entries'];
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  };
  const write = (artifact: string, all: readonly CacheEntry[], unkept?: UnkeptBuild) =>
    writeCacheFile(fileOf(artifact), JSON.stringify({ format, artifact, entries: all, ...(unkept && { unkept }) }));
  /** Removes the states of entries that are gone. */
  const removeStates = (artifact: string, kept: readonly CacheEntry[]) => {
    const needed = new Set(kept.map(({ key }) => stateNameOf(artifact, key)));
    for (const name of namesIn(directory)) {
      if (!name.startsWith(nameOf(artifact)) || !name.endsWith(stateEnd) || needed.has(name)) continue;
      try {
        fs.rmSync(join(directory, name), { force: true });
      } catch {
        // The folder belongs to another user. Nothing reads a state without its entry.
      }
    }
  };
  return {
    entries,
    state(artifact, key) {
      const state = readStored(stateFileOf(artifact, key))?.['state'];
      return isState(state) ? state : undefined;
    },
    unkept(artifact) {
      const unkept = readStored(fileOf(artifact))?.['unkept'];
      return isUnkept(unkept) ? unkept : undefined;
    },
    add(artifact, entry, state) {
      const others = entries(artifact).filter(({ key }) => key !== entry.key);
      const all = [entry, ...others].slice(0, mostEntries);
      writeCacheFile(stateFileOf(artifact, entry.key), JSON.stringify({ format, artifact, state }));
      write(artifact, all);
      removeStates(artifact, all);
    },
    setUnkept(artifact, { changes, ...unkept }) {
      write(artifact, entries(artifact), { ...unkept, changes: changes.slice(0, mostChanges) });
    },
    artifacts() {
      return namesIn(directory)
        .filter((name) => name.endsWith(entriesEnd) && !name.endsWith(stateEnd) && !name.startsWith('.'))
        .flatMap((name) => {
          const artifact = readStored(join(directory, name))?.['artifact'];
          return typeof artifact === 'string' ? [artifact] : [];
        })
        .sort();
    },
    remove(artifact, keys) {
      const kept = entries(artifact).filter(({ key }) => !keys.has(key));
      if (kept.length > 0) write(artifact, kept);
      else fs.rmSync(fileOf(artifact), { force: true });
      removeStates(artifact, kept);
    },
  };
}

const format = 2;
const entriesEnd = '.json';
/** A state may have thousands of files, and only a miss needs it, so each has a file of its own. */
const stateEnd = '.state.json';

/** Returns no names if there is no such folder. */
function namesIn(directory: string): readonly string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

/** Returns `undefined` for a file that is missing, damaged or of another format. */
function readStored(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const stored = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
    return stored['format'] === format ? stored : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is CacheEntry {
  const { key, reference } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof key === 'string' && typeof reference === 'string';
}

function isState(value: unknown): value is InputState {
  const parts = (value ?? {}) as Partial<Record<string, unknown>>;
  return ['files', 'options', 'baseImages', 'requires'].every((part) => typeof (parts[part] ?? 0) === 'object');
}

function isUnkept(value: unknown): value is UnkeptBuild {
  const { key, changes } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (key === undefined || typeof key === 'string') && Array.isArray(changes) && changes.every(isChange);
}

function isChange(value: unknown): value is InputChange {
  const { input, name, change } = (value ?? {}) as Partial<Record<string, unknown>>;
  return [input, name, change].every((part) => typeof part === 'string');
}

/** Returns the digest of a state. Equal states make equal images. */
export function keyOf(state: InputState): string {
  const sorted = (part: Readonly<Record<string, string>>) => Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));
  const { filesDigest, options, baseImages, requires } = state;
  const text = JSON.stringify([filesDigest, ...[options, baseImages, requires].map(sorted)]);
  return createHash('sha256').update(text).digest('hex');
}

/** Returns the entry for a state, or why there is none. */
export function lookUp(cache: ArtifactCache, artifact: string, state: InputState): CacheEntry | Miss {
  const key = keyOf(state);
  const entries = cache.entries(artifact);
  const found = entries.find((entry) => entry.key === key);
  if (found) return found;
  const unkept = cache.unkept(artifact);
  if (unkept && (entries.length === 0 || unkept.key === key)) return { kind: 'unkept', changes: unkept.changes };
  if (entries.length === 0) return { kind: 'first' };
  return { kind: 'changed', changes: changesSinceNearest(statesOf(cache, artifact, entries), state) };
}

/** Reads each state when it is asked for: they may be large. A state that is damaged is left out. */
function* statesOf(cache: ArtifactCache, artifact: string, entries: readonly CacheEntry[]): Iterable<InputState> {
  for (const { key } of entries) {
    const state = cache.state(artifact, key);
    if (state) yield state;
  }
}
