/**
 * Unpacks a tar below a folder and never outside of it. Checks every parent of every entry with `lstat` before use: it
 * must be a real folder, so no existing link leads outside. Creates files with O_EXCL and never follows links. Does not
 * protect against another process that changes the folder meanwhile: Node has no `openat`.
 */
import fs from 'node:fs';
import { promisify } from 'node:util';
import { TimeSlice } from '../util/time-slice.ts';
import type { TarHeader } from './tar-header.ts';
import { nameParts, refused } from './tar-name.ts';
import { parseTar } from './tar-parser.ts';

const write = promisify(fs.write);
/** Larger parts of a body are written asynchronously: a full page cache blocks writers. */
const asyncBytes = 64 * 1024;

/**
 * Unpacks a tar. Files belong to this process's user and get the archive's `rwx` bits and times. Replaces existing
 * entries, but refuses to replace a folder that existed before (`refused`). Throws `TarError`, the system's errors, and
 * the signal's reason.
 * @param directory must exist
 */
export async function extractTar(
  source: AsyncIterable<Uint8Array>,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const extraction = new Extraction(Buffer.from(directory));
  const turns = new TimeSlice();
  try {
    for await (const pieces of parseTar(source)) {
      signal.throwIfAborted();
      for (const piece of pieces) {
        if (piece.kind === 'entry') extraction.entry(piece.header);
        else if (piece.bytes.length < asyncBytes) extraction.data(piece.bytes);
        else await extraction.bigData(piece.bytes);
        if (turns.over) await turns.next(signal);
      }
    }
    extraction.finish();
  } finally {
    extraction.close();
  }
}

class Extraction {
  /** Folders that are known to be real. `made` holds the new ones. */
  readonly #real = new Set<string>();
  readonly #made = new Set<string>();
  /** Applied at the end: a read-only folder must be filled first, and filling it changes its time. */
  readonly #folders = new Map<string, TarHeader>();
  #file: { readonly fd: number; readonly header: TarHeader; left: number } | undefined;
  readonly #root: Buffer;

  constructor(root: Buffer) {
    this.#root = root;
  }

  entry(header: TarHeader): void {
    const parts = nameParts(header.name);
    const path = parts.join('/');
    if (parts.length === 0) {
      if (header.type !== 'directory') throw refused(header.name, 'it would replace the target folder');
      return;
    }
    this.#makeParents(parts, header);
    switch (header.type) {
      case 'directory':
        this.#makeFolder(path, header);
        return;
      case 'file':
        this.#openFile(path, header);
        return;
      case 'symlink':
        this.#over(path, header, () => fs.symlinkSync(header.linkName ?? Buffer.alloc(0), this.#full(path)));
        fs.lutimesSync(this.#full(path), header.mtimeMs / 1000, header.mtimeMs / 1000);
        return;
      case 'hardlink':
        this.#makeHardLink(path, header);
        return;
      case 'characterDevice':
      case 'blockDevice':
      case 'fifo':
        throw refused(header.name, 'devices and pipes are not created');
    }
  }

  data(bytes: Buffer): void {
    const file = this.#file!;
    for (let at = 0; at < bytes.length;) at += fs.writeSync(file.fd, bytes, at);
    this.#wrote(bytes.length);
  }

  async bigData(bytes: Buffer): Promise<void> {
    const file = this.#file!;
    for (let at = 0; at < bytes.length;) at += (await write(file.fd, bytes, at)).bytesWritten;
    this.#wrote(bytes.length);
  }

  finish(): void {
    for (const [path, header] of [...this.#folders].reverse()) {
      fs.chmodSync(this.#full(path), header.mode & 0o777);
      fs.utimesSync(this.#full(path), header.mtimeMs / 1000, header.mtimeMs / 1000);
    }
  }

  close(): void {
    if (this.#file !== undefined) fs.closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #full(path: string): Buffer {
    return Buffer.concat([this.#root, Buffer.from(`/${path}`, 'latin1')]);
  }

  #makeParents(parts: readonly string[], header: TarHeader): void {
    if (parts.length === 1) return;
    const parent = parts.slice(0, -1).join('/');
    if (this.#real.has(parent)) return;
    for (let count = 1; count < parts.length; count++) {
      const path = parts.slice(0, count).join('/');
      if (this.#real.has(path)) continue;
      const found = fs.lstatSync(this.#full(path), { throwIfNoEntry: false });
      if (found === undefined) {
        fs.mkdirSync(this.#full(path), 0o755);
        this.#made.add(path);
      } else if (!found.isDirectory()) {
        throw refused(
          header.name,
          `"${Buffer.from(path, 'latin1').toString()}" is ${found.isSymbolicLink() ? 'a link' : 'not a folder'}`,
        );
      }
      this.#real.add(path);
    }
  }

  #makeFolder(path: string, header: TarHeader): void {
    this.#folders.delete(path);
    this.#folders.set(path, header);
    if (this.#real.has(path)) return;
    const found = fs.lstatSync(this.#full(path), { throwIfNoEntry: false });
    if (found?.isDirectory() !== true) {
      if (found !== undefined) fs.unlinkSync(this.#full(path));
      fs.mkdirSync(this.#full(path), 0o700);
      this.#made.add(path);
    } else {
      fs.chmodSync(this.#full(path), 0o700);
    }
    this.#real.add(path);
  }

  #openFile(path: string, header: TarHeader): void {
    const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = fs.constants;
    const fd = this.#over(path, header, () =>
      fs.openSync(this.#full(path), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600),
    );
    this.#file = { fd, header, left: header.size };
    if (header.size === 0) this.#wrote(0);
  }

  #wrote(count: number): void {
    const file = this.#file!;
    file.left -= count;
    if (file.left > 0) return;
    fs.fchmodSync(file.fd, file.header.mode & 0o777);
    fs.futimesSync(file.fd, file.header.mtimeMs / 1000, file.header.mtimeMs / 1000);
    this.close();
  }

  #makeHardLink(path: string, header: TarHeader): void {
    const target = nameParts(header.linkName ?? Buffer.alloc(0));
    if (target.length === 0) throw refused(header.name, 'the hard link has no target');
    for (let count = 1; count < target.length; count++) {
      if (!this.#real.has(target.slice(0, count).join('/')))
        throw refused(header.name, 'the target of the hard link is not in this archive');
    }
    const from = this.#full(target.join('/'));
    if (fs.lstatSync(from, { throwIfNoEntry: false })?.isFile() !== true)
      throw refused(header.name, 'the target of the hard link is not a file');
    if (target.join('/') === path) return;
    this.#over(path, header, () => fs.linkSync(from, this.#full(path)));
  }

  /** Creates an entry at a path. Replaces the old one. */
  #over<T>(path: string, header: TarHeader, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!fs.lstatSync(this.#full(path)).isDirectory()) fs.unlinkSync(this.#full(path));
    else if (this.#made.has(path)) this.#removeMade(path);
    else throw refused(header.name, 'a folder is in its place');
    return make();
  }

  #removeMade(path: string): void {
    fs.rmSync(this.#full(path), { recursive: true });
    const isBelow = (other: string) => other === path || other.startsWith(`${path}/`);
    for (const set of [this.#real, this.#made]) for (const other of set) if (isBelow(other)) set.delete(other);
    for (const other of this.#folders.keys()) if (isBelow(other)) this.#folders.delete(other);
  }
}
