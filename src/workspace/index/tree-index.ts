import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join, resolve } from 'node:path';
import { TimeSlice } from '../../util/time-slice.ts';
import { writeCacheFile } from '../../util/write-cache-file.ts';
import { hashPath, hashText, hex, modeText, unlessGone } from './hash-path.ts';
import { decodeListings, encodeListings } from './index-file.ts';
import { LargeFiles } from './large-files.ts';
import { Listing } from './listing.ts';
import { SelectedFiles, type SelectedFolder } from './selected-files.ts';

/** Which files of a folder are wanted. Paths are relative to it, with `/`. */
export interface FileSelection {
  readonly matches: (path: string) => boolean;
  /** Reports whether a wanted file can be below a folder. `false` is certain. */
  readonly mayMatchBelow: (folder: string) => boolean;
}

/** The wanted files of a folder with their hashes: of content and mode, or of a link's target. */
export interface FileHashes {
  /** The digest of all paths and hashes, in hex. It does not depend on the machine or on the order of a folder. */
  readonly digest: string;
  /**
   * Returns the metadata of all files in a stable order, with which a file is not the same after it was changed and changed back. NaN:
   * not known.
   */
  metadata(): readonly number[];
  /** Returns the hashes in hex, and the modes of folders, by path and sorted by it. The path of a folder ends with `/`. */
  byPath(): ReadonlyMap<string, string>;
}

export interface TreeIndex {
  /** Hashes the wanted files of a folder. A file whose metadata has not changed since the last time is not read. */
  hashes(folder: string, selection: FileSelection, signal: AbortSignal): Promise<FileHashes>;
  /** Hashes one file, or returns `undefined` if it is missing. */
  hash(path: string, signal: AbortSignal): Promise<string | undefined>;
  /** Stores what was learned, for the next process. A failure to write is no error: hashes are computed again. */
  save(): void;
}

/**
 * A file changed within this time before it was hashed may change once more without new metadata, because file systems have
 * coarse clocks. Its hash is not stored.
 */
const settledMs = 50;

/**
 * Opens an index of file hashes in a folder of its own. Processes may share it: the last one to save wins, and what is lost is
 * computed again.
 * @param now milliseconds since 1970
 */
export function openTreeIndex(directory: string, now: () => number): TreeIndex {
  return new DiskIndex(directory, now);
}

class DiskIndex implements TreeIndex {
  readonly #directory: string;
  readonly #now: () => number;
  /** By folder. */
  readonly #folders = new Map<string, FolderIndex>();

  constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#now = now;
  }

  async hashes(folder: string, selection: FileSelection, signal: AbortSignal): Promise<FileHashes> {
    const index = this.#folder(folder);
    const found: SelectedFolder[] = [];
    const turns = new TimeSlice();
    const waiting: WaitingFolder[] = [{ path: '', modes: [] }];
    for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
      const look = (large: LargeFiles) => index.select(parent, selection, this.#now(), large);
      const { selected, below } = await repeated(look, signal);
      for (const each of below) waiting.push(each);
      if (selected) found.push(selected);
      if (turns.over) await turns.next(signal);
    }
    return new SelectedFiles(found);
  }

  async hash(path: string, signal: AbortSignal): Promise<string | undefined> {
    return await repeated((large) => this.#folder('/').hash(path, this.#now(), large), signal);
  }

  save(): void {
    for (const index of this.#folders.values()) index.save();
  }

  #folder(folder: string): FolderIndex {
    let index = this.#folders.get(folder);
    if (!index) {
      const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
      this.#folders.set(folder, (index = new FolderIndex(folder, join(this.#directory, `${name}${indexFileEnd}`))));
    }
    return index;
  }
}

/** Looks at a folder, and again for as long as it has large files that are not hashed. */
async function repeated<T>(look: (large: LargeFiles) => T, signal: AbortSignal): Promise<T> {
  const large = new LargeFiles();
  for (;;) {
    const found = look(large);
    if (!large.areWaiting) return found;
    await large.hash(signal);
  }
}

/** The end of the names of index files. */
export const indexFileEnd = '.index';

const orUndefined = { throwIfNoEntry: false } as const;

/** A folder that can have wanted files. */
type WaitingFolder = Pick<SelectedFolder, 'path' | 'modes'>;

class FolderIndex {
  readonly #folder: string;
  readonly #file: string;
  /** By path, relative to the folder. That of a file by itself has an absolute path, and its only name is empty. */
  readonly #listings: Map<string, Listing>;
  #changed = false;

  constructor(folder: string, file: string) {
    this.#folder = folder;
    this.#file = file;
    this.#listings = new Map(readListings(file, folder));
  }

  /**
   * Hashes the wanted files that are directly in a folder. `selected` is absent if there are none.
   * @returns also the folders below that can have wanted files
   */
  select(
    { path: parent, modes }: WaitingFolder,
    { matches, mayMatchBelow }: FileSelection,
    now: number,
    large: LargeFiles,
  ): { readonly selected?: SelectedFolder; readonly below: readonly WaitingFolder[] } {
    const prefix = parent === '' ? '' : `${parent}/`;
    const onDisk = this.#folder === '/' ? `/${prefix}` : `${this.#folder}/${prefix}`;
    const names = unlessGone(() => fs.readdirSync(onDisk));
    if (!names) return { below: [] };
    if (names.length === 0)
      return parent !== '' && matches(parent) ? { selected: { path: parent, modes }, below: [] } : { below: [] };
    const below: WaitingFolder[] = [];
    const look = this.#open(parent, names, now, large);
    const selected = new Uint8Array(names.length);
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const path = prefix + name;
      const found = look(i, onDisk + name, matches(path));
      if (found === 'hashed') selected[i] = 1;
      else if (typeof found === 'number' && mayMatchBelow(path))
        below.push({ path, modes: [...modes, modeText(found)] });
    }
    if (!selected.includes(1)) return { below };
    const listing = this.#listings.get(parent)!;
    const content = { listing, selected, digest: listing.digestOf(selected) };
    return { selected: { path: parent, modes, content }, below };
  }

  /** Hashes one file. Only for the index of `/`. */
  hash(path: string, now: number, large: LargeFiles): string | undefined {
    const look = this.#open(path, [''], now, large);
    return look(0, path, true) === 'hashed' ? hex(this.#listings.get(path)!.hashOf(0)) : undefined;
  }

  save(): void {
    if (!this.#changed) return;
    const stillThere = [...this.#listings].filter(([path]) => fs.existsSync(resolve(this.#folder, path)));
    writeCacheFile(this.#file, encodeListings(new Map(stillThere), this.#folder));
    this.#changed = false;
  }

  /**
   * Returns a function that brings the listing of a folder up to date, one name after the other, and returns the modes of folders. A
   * listing that others may have is replaced, never changed.
   */
  #open(path: string, names: readonly string[], now: number, large: LargeFiles) {
    const text = names.join('\0');
    const known = this.#listings.get(path);
    let listing = known?.text === text ? known : (known?.withNames(names, text) ?? new Listing(text, names.length));
    const change = (i: number, hash: Uint8Array, stat: fs.Stats | undefined) => {
      if (listing === known) listing = known.copy();
      listing.set(i, hash, stat);
      this.#listings.set(path, listing);
      this.#changed = true;
    };
    if (listing !== known) this.#listings.set(path, listing);
    if (known && listing !== known) this.#changed = true;
    return (i: number, onDisk: string, isWanted: boolean): 'hashed' | number | undefined => {
      // Such a name is not UTF-8, so the file cannot be opened by it. It counts as changed, always.
      if (names[i]!.includes('\ufffd')) {
        if (isWanted) change(i, hashText(`unreadable at ${now}`), undefined);
        return isWanted ? 'hashed' : undefined;
      }
      const stat = unlessGone(() => fs.lstatSync(onDisk, orUndefined));
      if (stat?.isDirectory()) return stat.mode;
      if (!stat || !isWanted) return undefined;
      if (listing.isKnown(i, stat)) return 'hashed';
      const before = large.get(onDisk);
      if (!before && large.take(onDisk, stat, now)) return undefined;
      const read = before ?? { stat, now, hash: unlessGone(() => hashPath(onDisk, stat)) };
      if (!read.hash) return undefined;
      const settled = read.now - Math.max(read.stat.mtimeMs, read.stat.ctimeMs) >= settledMs;
      change(i, read.hash, settled ? read.stat : undefined);
      return 'hashed';
    };
  }
}

function readListings(file: string, folder: string): ReadonlyMap<string, Listing> {
  try {
    return decodeListings(fs.readFileSync(file), folder);
  } catch {
    return new Map();
  }
}
