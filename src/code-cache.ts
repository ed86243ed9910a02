/**
 * Loads the program's files, and keeps their compiled code between starts. Compiling is the largest part of a short run
 * (bench/README.md).
 */
import type * as Crypto from 'node:crypto';
import type * as V8 from 'node:v8';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { makeFolder } from './util/make-folder.ts';

/** Where compiled code is kept. */
export interface KeptCode {
  /** Writable only by this user, because its content is executed. */
  readonly folder: string;
  /** Each use compiles other functions: the word of a command. */
  readonly use: string;
}

/**
 * CommonJS files of one folder, made by one build (`scripts/build.mjs`). Each begins with a comment that names the
 * build, and is a function with the parameters of a CommonJS module. They load each other by `require('./NAME')`.
 */
export class CachedProgram {
  readonly #folder: string;
  readonly #build: string;
  readonly #kept: KeptCode | undefined;
  readonly #require: (name: string) => unknown;
  readonly #loaded = new Map<string, LoadedFile>();

  /**
   * @param kept absent: no compiled code is kept
   * @param require for everything else that the files need
   */
  constructor(folder: string, build: string, kept: KeptCode | undefined, require: (name: string) => unknown) {
    this.#folder = folder;
    this.#build = build;
    this.#kept = kept;
    this.#require = require;
  }

  /** Runs a file, once, and returns its exports. Throws what the file throws, and the errors of reading it. */
  load(name: string): unknown {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known.module.exports;
    const path = join(this.#folder, name);
    // The build writes ASCII only. V8 then stores one byte for each character, and nothing is decoded.
    const source = fs.readFileSync(path, 'latin1');
    // V8 compares only the length of the source, so it would take the code of another build of the same length.
    const kept = source.startsWith(buildMark(this.#build)) ? this.#keptFile(name) : undefined;
    const cachedData = kept === undefined ? undefined : this.#readKept(kept);
    const script = new Script(source, { filename: path, ...(cachedData !== undefined && { cachedData }) });
    // V8 also rejects code of another V8 build.
    const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
    if (kept !== undefined && !isKept) this.#setFlag('--no-flush-bytecode');
    const file: LoadedFile = {
      module: { exports: {} },
      ...(kept !== undefined && !isKept && { unkept: { path: kept, script } }),
    };
    this.#loaded.set(name, file);
    const require = (wanted: string): unknown =>
      wanted.startsWith('./') ? this.load(wanted.slice(2)) : this.#require(wanted);
    (script.runInThisContext() as Wrapper)(file.module.exports, require, file.module, path, this.#folder);
    return file.module.exports;
  }

  /** Stores the code that is compiled by now, unless it is kept already. Never throws: the cache is optional. */
  keep(): void {
    if (this.#kept === undefined) return;
    const unkept = [...this.#loaded.values()].flatMap((file) => file.unkept ?? []);
    if (unkept.length === 0) return;
    // V8 takes code only under the flags under which it was stored.
    this.#setFlag('--flush-bytecode');
    try {
      makeFolder(this.#kept.folder, 0o700);
      if (!isOwn(fs.statSync(this.#kept.folder))) return;
      let now = 0;
      for (const { path, script } of unkept) {
        this.#writeKept(path, script.createCachedData());
        now = fs.statSync(path).mtimeMs;
      }
      this.#removeOlder(this.#kept.folder, now);
    } catch {
      // The disk is full or read-only. The next start compiles again.
    }
  }

  /** Returns undefined if the file is missing, damaged, or may have been written by another user. */
  #readKept(path: string): Buffer | undefined {
    try {
      if (!isOwn(fs.statSync(dirname(path)))) return undefined;
      const content = readOwnFile(path);
      const code = content?.subarray(digestBytes);
      // V8 does not check the code itself: damaged code crashes the process.
      return code && this.#digest(code).equals(content!.subarray(0, digestBytes)) ? code : undefined;
    } catch {
      return undefined;
    }
  }

  #writeKept(path: string, code: Buffer): void {
    const temporary = `${path}.${process.pid}`;
    try {
      fs.rmSync(temporary, { force: true });
      fs.writeFileSync(temporary, Buffer.concat([this.#digest(code), code]), { mode: 0o600, flag: 'wx' });
      fs.renameSync(temporary, path);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** In a long run V8 drops the code of functions that ran at its start. That code is what the next start needs. */
  #setFlag(flag: '--flush-bytecode' | '--no-flush-bytecode'): void {
    const { setFlagsFromString } = this.#require('node:v8') as typeof V8;
    setFlagsFromString(flag);
  }

  /** The entry does not import `node:crypto`: `--version` would load it. */
  #digest(code: Buffer): Buffer {
    const { createHash } = this.#require('node:crypto') as typeof Crypto;
    return createHash('sha256').update(code).digest();
  }

  #keptFile(name: string): string | undefined {
    return this.#kept && join(this.#kept.folder, `${machine()}${this.#build}-${this.#kept.use}-${name}.bin`);
  }

  /**
   * Removes files of other builds, and temporary files of killed processes. Other versions of Node keep theirs, and so
   * do builds of the last days: several may be in use.
   * @param now the time of a file that was just written
   */
  #removeOlder(folder: string, now: number): void {
    for (const name of fs.readdirSync(folder)) {
      if (!name.startsWith(machine())) continue;
      const path = join(folder, name);
      // A live process whose temporary file is removed keeps its code the next time.
      const isKept =
        name.endsWith('.bin') &&
        (name.startsWith(machine() + this.#build) || fs.statSync(path).mtimeMs > now - otherBuildsMs);
      if (!isKept) fs.rmSync(path, { force: true });
    }
  }
}

/** How long compiled code of other builds is kept. */
const otherBuildsMs = 7 * 24 * 3_600_000;
/** Each kept file begins with the SHA-256 digest of its code. */
const digestBytes = 32;
/** In bytes. Many times what the program compiles to. */
const largestKept = 64 * 2 ** 20;

interface LoadedFile {
  readonly module: { exports: object };
  /** Present if the compiled code is to be stored. */
  readonly unkept?: { readonly path: string; readonly script: Script };
}

type Wrapper = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** How a file of a build begins. */
export function buildMark(build: string): string {
  return `/*${build}*/`;
}

function machine(): string {
  return `${process.version}-${process.arch}-`;
}

/** Reports whether only this user can have written the file or folder. */
function isOwn({ uid, mode }: fs.Stats): boolean {
  // Systems without numeric user ids have no such modes either.
  const user = process.geteuid?.();
  return user === undefined || (uid === user && (mode & 0o022) === 0);
}

/** Returns undefined if the path is not a file of this user. Does not wait for the writer of a pipe. */
function readOwnFile(path: string): Buffer | undefined {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  try {
    const stat = fs.fstatSync(fd);
    return stat.isFile() && isOwn(stat) && stat.size <= largestKept ? fs.readFileSync(fd) : undefined;
  } finally {
    fs.closeSync(fd);
  }
}
