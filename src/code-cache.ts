/**
 * Compiled code between two starts, on versions of Node that do not keep it themselves (before 22.8). Loading the
 * program from source is the largest part of what a short run costs there (bench/README.md).
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { makeFolder } from './util/make-folder.ts';

export interface LoadedProgram {
  readonly exports: unknown;
  /**
   * Keeps what has been compiled by now, if nothing was kept for this file and this Node. Never throws: it is only a
   * convenience.
   */
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
 * @param folder of this user alone: what is in it is run
 */
export function loadWithCodeCache(file: string, folder: string): LoadedProgram {
  const text = readFileSync(file);
  // V8 compares nothing but the length of a source with compiled code, and npm gives all files one time: only the
  // content tells versions apart.
  const kept = join(
    folder,
    `${process.version}-${process.arch}-${createHash('sha256').update(text).digest('hex')}.bin`,
  );
  const cachedData = readOrUndefined(kept);
  // Lines and columns of the file stay as they are: the wrapper stands in front of the first line only.
  const source = `(function (exports, require, module, __filename, __dirname) {${text.toString()}\n})`;
  const script = new Script(source, {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData !== undefined && { cachedData }),
  });
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, createRequire(file), module, file, dirname(file));
  return {
    exports: module.exports,
    keep: () => {
      // V8 refuses what another build of it has made.
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
    // What older builds left; other versions of Node keep theirs.
    const ours = `${process.version}-`;
    for (const name of readdirSync(folder))
      if (name.startsWith(ours) && join(folder, name) !== path) rmSync(join(folder, name), { force: true });
  } catch {
    // A full or read-only disk: the next start compiles again.
  }
}
