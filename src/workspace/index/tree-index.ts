import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join, posix } from 'node:path';
import { joined, listTree, type ListedKind } from '../../tar/tar-pack.ts';
import { TimeSlice } from '../../util/time-slice.ts';
import { writeCacheFile } from '../../util/write-cache-file.ts';

/** Which files of a folder are wanted. Paths are relative to it, with `/`. */
export interface FileSelection {
  readonly matches: (path: string) => boolean;
  /** Reports whether a wanted file can be below a folder. `false` is certain. */
  readonly mayMatchBelow: (folder: string) => boolean;
}

/**
 * The hash of each file by path: of the content and whether it is executable, or of a link's target. Folders are left out unless
 * they are empty. Sorted by path.
 */
export type FileHashes = ReadonlyMap<string, string>;

export interface TreeIndex {
  /** Hashes the wanted files of a folder. A file whose metadata has not changed since the last time is not read. */
  hashes(folder: string, selection: FileSelection, signal: AbortSignal): Promise<FileHashes>;
  /** Hashes one file, or returns `undefined` if it is missing. */
  hash(path: string): string | undefined;
  /** Stores what was learned, for the next process. A failure to write is no error: hashes are computed again. */
  save(): void;
}

/**
 * A file changed within this time before it was hashed may change once more without new metadata, because file systems have
 * coarse clocks. Its hash is not stored.
 */
const settledMs = 50;

/** `size mtime ctime inode`. A byte that is changed with its old mtime restored still changes the ctime. */
type Metadata = string;

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
    const base = Buffer.from(folder);
    const skip = (name: Buffer, kind: ListedKind) =>
      kind === 'special' || (kind === 'folder' && !selection.mayMatchBelow(name.toString()));
    const names = await listTree(base, signal, skip);
    const hashes = new Map<string, string>();
    const turns = new TimeSlice();
    const filledFolders = new Set(names.map((name) => posix.dirname(name.toString())));
    for (const name of names) {
      const path = name.toString();
      if (!selection.matches(path)) continue;
      const hash = filledFolders.has(path) ? undefined : index.hash(path, joined(base, name), this.#now());
      if (hash !== undefined) hashes.set(path, hash);
      if (turns.over) await turns.next(signal);
    }
    return hashes;
  }

  hash(path: string): string | undefined {
    return this.#folder('/').hash(path, Buffer.from(path), this.#now());
  }

  save(): void {
    for (const index of this.#folders.values()) index.save();
  }

  #folder(folder: string): FolderIndex {
    let index = this.#folders.get(folder);
    if (!index) {
      const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
      this.#folders.set(folder, (index = new FolderIndex(join(this.#directory, `${name}.json`))));
    }
    return index;
  }
}

/** The content of the file of one folder. */
interface Stored {
  readonly format: 1;
  readonly files: Readonly<Record<string, readonly [metadata: Metadata, hash: string]>>;
}

class FolderIndex {
  readonly #file: string;
  readonly #known: Map<string, readonly [Metadata, string]>;
  #changed = false;

  constructor(file: string) {
    this.#file = file;
    this.#known = readStored(file);
  }

  /** @param path the key of the file in the index */
  hash(path: string, onDisk: Buffer, now: number): string | undefined {
    const stat = unlessGone(() => fs.lstatSync(onDisk, { bigint: true }));
    if (!stat) return undefined;
    if (stat.isDirectory()) return 'folder';
    const metadata = `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino} ${stat.mode}`;
    const known = this.#known.get(path);
    if (known?.[0] === metadata) return known[1];
    const hash = unlessGone(() =>
      stat.isSymbolicLink() ? linkHash(onDisk) : stat.isFile() ? fileHash(onDisk, stat.mode) : undefined,
    );
    if (hash === undefined) return undefined;
    const changedMs = Number((stat.mtimeNs > stat.ctimeNs ? stat.mtimeNs : stat.ctimeNs) / 1_000_000n);
    if (now - changedMs >= settledMs) {
      this.#known.set(path, [metadata, hash]);
      this.#changed = true;
    } else if (this.#known.delete(path)) this.#changed = true;
    return hash;
  }

  save(): void {
    if (!this.#changed) return;
    const stored: Stored = { format: 1, files: Object.fromEntries(this.#known) };
    writeCacheFile(this.#file, JSON.stringify(stored));
    this.#changed = false;
  }
}

/** An index that cannot be read knows nothing. */
function readStored(file: string): Map<string, readonly [Metadata, string]> {
  try {
    const stored = JSON.parse(fs.readFileSync(file, 'utf8')) as Stored;
    return new Map((stored.format as number) === 1 ? Object.entries(stored.files) : []);
  } catch {
    return new Map();
  }
}

const partBytes = 1 << 20;

/** Returns `undefined` if a file is gone, or became a link or the reverse since its metadata was read. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code ?? '') || (code === 'EINVAL' && syscall === 'readlink'))
      return undefined;
    throw error;
  }
}

function fileHash(path: Buffer, mode: bigint): string {
  const hash = createHash('sha256').update((mode & 0o111n) === 0n ? 'file ' : 'executable ');
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const part = Buffer.allocUnsafe(partBytes);
    for (let count = fs.readSync(fd, part); count > 0; count = fs.readSync(fd, part))
      hash.update(part.subarray(0, count));
  } finally {
    fs.closeSync(fd);
  }
  return hash.digest('hex');
}

function linkHash(path: Buffer): string {
  return createHash('sha256').update('link ').update(fs.readlinkSync(path, 'buffer')).digest('hex');
}
