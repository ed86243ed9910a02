/** Packs files from disk. Reports files that change meanwhile, and never writes a broken archive. */
import fs from 'node:fs';
import { promisify } from 'node:util';
import { TimeSlice } from '../util/time-slice.ts';
import { TarEncoder } from './tar-encoder.ts';
import type { TarHeader } from './tar-header.ts';

const read = promisify(fs.read);
/** Smaller files are read synchronously, without the thread pool. */
const smallBytes = 32 * 1024;
const partBytes = 256 * 1024;

export type PackItem =
  | DiskItem
  /** An entry that is not on disk. `content` has `header.size` bytes. */
  | { readonly header: TarHeader; readonly content?: Buffer };

export interface DiskItem {
  /** The name in the archive. */
  readonly name: Buffer;
  /** The path on disk. */
  readonly path: Buffer;
  /** Overrides the mode on disk. */
  readonly mode?: number;
  /** A missing file is an error instead of being skipped. */
  readonly required?: true;
}

export interface PackObserver {
  /** Called at the start of an entry. Its body follows in parts, `size` bytes in total. */
  entry?(header: TarHeader): void;
  /** The bytes are valid only during the call. */
  data?(bytes: Uint8Array): void;
  /** For display: what was skipped or changed meanwhile. */
  note?(message: string): void;
}

export interface PackOptions {
  readonly observer?: PackObserver;
  /** Overrides the owner on disk. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** The permission bits to keep. Default: `0o7777`. */
  readonly modeMask?: number;
}

/**
 * Encodes these items in order, without the archive's end. Skips what no longer exists. Throws the system's errors and
 * the signal's reason.
 */
export async function* encodeItems(
  items: Iterable<PackItem>,
  out: TarEncoder,
  signal: AbortSignal,
  options: PackOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const packer = new Packer(out, options);
  const turns = new TimeSlice();
  for (const item of items) {
    const big = packer.begin(item);
    if (big !== undefined) yield* packer.body(big, signal);
    yield* out.take();
    if (turns.over) await turns.next(signal);
  }
}

/**
 * Packs a file, a link or a whole folder in sorted order.
 * @param name the entry's name for `path` itself, and the prefix of everything below. Empty: `path` is a folder without
 * an entry
 */
export async function* packTar(
  path: string,
  name: string,
  signal: AbortSignal,
  options: PackOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  const names = await listTree(Buffer.from(path), signal);
  const items: PackItem[] = names.map((below) => ({
    path: joined(Buffer.from(path), below),
    name: joined(Buffer.from(name), below),
  }));
  if (name !== '') items.unshift({ path: Buffer.from(path), name: Buffer.from(name) });
  yield* encodeItems(items, out, signal, options);
  out.finish();
  yield* out.take();
}

/** `special`: a pipe, a socket or a device. */
export type ListedKind = 'folder' | 'file' | 'special';

/**
 * Lists everything below a folder, with relative names sorted by bytes (a folder comes before its content). Returns
 * nothing if it is not a folder or no longer exists.
 */
export async function listTree(
  folder: Buffer,
  signal: AbortSignal,
  skip: (name: Buffer, kind: ListedKind) => boolean = () => false,
): Promise<Buffer[]> {
  const found: Buffer[] = [];
  if (!fs.lstatSync(folder).isDirectory()) return found;
  const turns = new TimeSlice();
  const waiting: Buffer[] = [Buffer.alloc(0)];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const entry of entriesOf(joined(folder, parent))) {
      const name = joined(parent, entry.name);
      const kind = entry.isDirectory() ? 'folder' : entry.isFile() || entry.isSymbolicLink() ? 'file' : 'special';
      if (skip(name, kind)) continue;
      found.push(name);
      if (kind === 'folder') waiting.push(name);
    }
    if (turns.over) await turns.next(signal);
  }
  return found.sort((a, b) => Buffer.compare(a, b));
}

function entriesOf(folder: Buffer): readonly fs.Dirent<Buffer>[] {
  try {
    return fs.readdirSync(folder, { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

const slash = Buffer.from('/');

/** Joins two parts of a path with a slash, unless one is empty. */
export function joined(parent: Buffer, name: Buffer): Buffer {
  if (parent.length === 0) return name;
  return name.length === 0 ? parent : Buffer.concat([parent, slash, name]);
}

interface BigFile {
  readonly fd: number;
  readonly header: TarHeader;
}

class Packer {
  readonly #scratch = Buffer.allocUnsafe(smallBytes);
  readonly #observer: PackObserver;
  readonly #out: TarEncoder;
  readonly #options: PackOptions;

  constructor(out: TarEncoder, options: PackOptions) {
    this.#out = out;
    this.#options = options;
    this.#observer = options.observer ?? {};
  }

  /** Packs the item. For a large file it writes only the header, and the caller the body. */
  begin(item: PackItem): BigFile | undefined {
    if ('header' in item) {
      this.#put(item.header);
      if (item.content !== undefined) this.#data(item.content);
      return undefined;
    }
    const found = fs.lstatSync(item.path, { throwIfNoEntry: item.required === true });
    if (found === undefined) return undefined;
    if (found.isFile()) return this.#file(item);
    if (found.isDirectory()) this.#entry(item, 'directory', found);
    else if (found.isSymbolicLink())
      this.#entry(item, 'symlink', found, { linkName: fs.readlinkSync(item.path, 'buffer') });
    else
      this.#observer.note?.(
        `skipped ${item.name.toString()}: it is ${found.isSocket() ? 'a socket' : found.isFIFO() ? 'a pipe' : 'a device'}`,
      );
    return undefined;
  }

  async *body({ fd, header }: BigFile, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      let left = header.size;
      while (left > 0) {
        signal.throwIfAborted();
        const part = Buffer.allocUnsafeSlow(Math.min(partBytes, left));
        const { bytesRead } = await read(fd, part, 0, part.length, null);
        left -= bytesRead === 0 ? this.#fill(left) : this.#data(part.subarray(0, bytesRead));
        yield* this.#out.take();
      }
      this.#noteChange(fd, header);
    } finally {
      fs.closeSync(fd);
    }
  }

  #file(item: DiskItem): BigFile | undefined {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    // O_NONBLOCK: a pipe may replace the file at this moment, and opening it must not block.
    const fd = openIfThere(item.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fd === undefined) return undefined;
    let big = false;
    try {
      const stat = fs.fstatSync(fd);
      if (!stat.isFile()) return undefined;
      const header = this.#entry(item, 'file', stat, { size: stat.size });
      big = stat.size > smallBytes;
      if (big) return { fd, header };
      for (let left = stat.size; left > 0;) {
        const count = fs.readSync(fd, this.#scratch, 0, left, null);
        left -= count === 0 ? this.#fill(left) : this.#smallData(count);
      }
      this.#noteChange(fd, header);
      return undefined;
    } finally {
      if (!big) fs.closeSync(fd);
    }
  }

  #entry(
    item: DiskItem,
    type: TarHeader['type'],
    stat: fs.Stats,
    more: { size?: number; linkName?: Buffer } = {},
  ): TarHeader {
    return this.#put({
      name: item.name,
      type,
      mode: item.mode ?? stat.mode & 0o7777,
      uid: stat.uid,
      gid: stat.gid,
      size: 0,
      mtimeMs: stat.mtimeMs,
      ...more,
    });
  }

  #put(header: TarHeader): TarHeader {
    const { owner, modeMask = 0o7777 } = this.#options;
    const put = { ...header, ...owner, mode: header.mode & modeMask };
    this.#out.entry(put);
    this.#observer.entry?.(put);
    return put;
  }

  #data(bytes: Buffer): number {
    this.#observer.data?.(bytes);
    this.#out.data(bytes);
    return bytes.length;
  }

  /** The encoder may keep parts as large as the scratch buffer, which is reused. */
  #smallData(count: number): number {
    return this.#data(count < smallBytes ? this.#scratch.subarray(0, count) : Buffer.from(this.#scratch));
  }

  /** The header is written, so fill a file that shrank with zeros. */
  #fill(left: number): number {
    return this.#data(Buffer.alloc(Math.min(left, partBytes)));
  }

  #noteChange(fd: number, header: TarHeader): void {
    const now = fs.fstatSync(fd);
    if (now.size !== header.size || now.mtimeMs !== header.mtimeMs)
      this.#observer.note?.(`${header.name.toString()} changed while it was read`);
  }
}

function openIfThere(path: Buffer, flags: number): number | undefined {
  try {
    return fs.openSync(path, flags);
  } catch (error) {
    // ELOOP: a link has replaced the file.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
