import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
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
    const hashes = new Map<string, string>();
    const turns = new TimeSlice();
    const waiting = [''];
    for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
      const prefix = parent === '' ? '' : `${parent}/`;
      const names = unlessGone(() => fs.readdirSync(join(folder, parent))) ?? [];
      if (names.length === 0 && parent !== '' && selection.matches(parent)) hashes.set(parent, 'folder');
      for (const name of names) {
        const path = prefix + name;
        const found = index.look(path, `${folder}/${path}`, this.#now(), selection.matches(path));
        if (found === 'folder' && selection.mayMatchBelow(path)) waiting.push(path);
        else if (found !== undefined && found !== 'folder') hashes.set(path, found);
      }
      if (turns.over) await turns.next(signal);
    }
    return new Map([...hashes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  hash(path: string): string | undefined {
    const found = this.#folder('/').look(path, path, this.#now(), true);
    return found === 'folder' ? undefined : found;
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

/** The content of the file of one folder: path, metadata and hash of each file, one after the other. */
interface Stored {
  readonly format: 2;
  readonly files: readonly string[];
}

class FolderIndex {
  readonly #file: string;
  readonly #known = new Map<string, readonly [Metadata, string]>();
  #changed = false;

  constructor(file: string) {
    this.#file = file;
    const files = readStored(file);
    for (let i = 0; i + 2 < files.length; i += 3)
      this.#known.set(files[i] ?? '', [files[i + 1] ?? '', files[i + 2] ?? '']);
  }

  /**
   * Returns the hash of a file or link, or `folder`. `undefined` for what is missing, special or not wanted.
   * @param path the key of the file in the index
   */
  look(path: string, onDisk: string, now: number, wanted: boolean): string | undefined {
    // Such a name is not UTF-8, so the file cannot be opened by it. It counts as changed, always.
    if (path.includes('\ufffd')) return wanted ? `unreadable at ${now}` : undefined;
    const stat = unlessGone(() => fs.lstatSync(onDisk, { throwIfNoEntry: false }));
    if (!stat) return undefined;
    if (stat.isDirectory()) return 'folder';
    if (!wanted) return undefined;
    const metadata = `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino} ${stat.mode}`;
    const known = this.#known.get(path);
    if (known?.[0] === metadata) return known[1];
    const hash = unlessGone(() =>
      stat.isSymbolicLink() ? linkHash(onDisk) : stat.isFile() ? fileHash(onDisk, stat.mode) : undefined,
    );
    if (hash === undefined) return undefined;
    if (now - Math.max(stat.mtimeMs, stat.ctimeMs) >= settledMs) {
      this.#known.set(path, [metadata, hash]);
      this.#changed = true;
    } else if (this.#known.delete(path)) this.#changed = true;
    return hash;
  }

  save(): void {
    if (!this.#changed) return;
    const stored: Stored = { format: 2, files: [...this.#known].flatMap(([path, known]) => [path, ...known]) };
    writeCacheFile(this.#file, JSON.stringify(stored));
    this.#changed = false;
  }
}

/** An index that cannot be read knows nothing. */
function readStored(file: string): readonly string[] {
  try {
    const stored = JSON.parse(fs.readFileSync(file, 'utf8')) as { format?: unknown; files?: unknown };
    const { format, files } = stored;
    return format === 2 && Array.isArray(files) && files.every((text) => typeof text === 'string') ? files : [];
  } catch {
    return [];
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

function fileHash(path: string, mode: number): string {
  const hash = createHash('sha256').update((mode & 0o111) === 0 ? 'file ' : 'executable ');
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

function linkHash(path: string): string {
  return createHash('sha256').update('link ').update(fs.readlinkSync(path, 'buffer')).digest('hex');
}
