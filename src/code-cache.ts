/**
 * Caches compiled code between starts, for Node before 22.8, which has no such cache. Compiling is the largest part of
 * a short run there (bench/README.md).
 */
import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { makeFolder } from './util/make-folder.ts';

export interface LoadedProgram {
  readonly exports: unknown;
  /** Stores the code that is compiled by now, unless the cache already has it. Never throws: the cache is optional. */
  readonly keep: () => void;
}

type Wrapper = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/**
 * Runs a CommonJS file.
 * @param folder writable only by this user, because its content is executed
 */
export function loadWithCodeCache(file: string, folder: string): LoadedProgram {
  const text = readFileSync(file);
  // V8 only compares the length of the source, and npm gives all files one time. So the name has a hash of the content.
  const kept = join(
    folder,
    `${process.version}-${process.arch}-${createHash('sha256').update(text).digest('hex')}.bin`,
  );
  const cachedData = readOrUndefined(kept);
  // The wrapper adds no line, so only columns of the first line change.
  // The build writes ASCII only. V8 then stores one byte for each character, and nothing is decoded.
  const code = isAscii(text) ? text.toString('latin1') : text.toString();
  const source = `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
  const script = new Script(source, {
    filename: file,
    ...(cachedData !== undefined && { cachedData }),
  });
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, createRequire(file), module, file, dirname(file));
  return {
    exports: module.exports,
    keep: () => {
      // V8 rejects code of another V8 build.
      if (cachedData === undefined || script.cachedDataRejected === true) write(folder, kept, script);
    },
  };
}

function readOrUndefined(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function write(folder: string, path: string, script: Script): void {
  try {
    makeFolder(folder, 0o700);
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, script.createCachedData(), { mode: 0o600 });
    renameSync(temporary, path);
    // Remove the files of older builds. Other versions of Node keep theirs.
    const ours = `${process.version}-`;
    for (const name of readdirSync(folder))
      if (name.startsWith(ours) && join(folder, name) !== path) rmSync(join(folder, name), { force: true });
  } catch {
    // The disk is full or read-only. The next start compiles again.
  }
}
