/** Reads a database whose WAL index cannot be created, or whose format is older: on a full or read-only disk. */
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What to attach in place of a file. */
export interface ReadableFile {
  readonly target: string;
  /** The newest changes are missing: their WAL could not be read. */
  readonly stale: boolean;
  /** A copy that is a database of its own. */
  readonly copied: boolean;
  /** Unlinks the copy. A connection that has attached it can still read it. */
  forget(): void;
}

/** Usually outside the state folder's disk; otherwise in memory. */
const copyFolders = [tmpdir(), '/dev/shm'];

/**
 * Without a WAL the file is complete, and is opened as unchanging (`immutable`, https://sqlite.org/uri.html). With a
 * WAL both are copied, and SQLite merges them. If there is no room for the copy, only the file is read.
 */
export function readableFile(path: string, folders: readonly string[] = copyFolders): ReadableFile {
  const copy = sizeOf(`${path}-wal`) > 0 ? privateCopy(path, folders) : undefined;
  if (copy !== undefined) return copy;
  const target = `${pathToFileURL(path).href}?immutable=1`;
  return { target, stale: sizeOf(`${path}-wal`) > 0, copied: false, forget: () => undefined };
}

/** Returns a copy that can be changed. Returns `undefined` if there is no room for it. */
export function privateCopy(path: string, folders: readonly string[] = copyFolders): ReadableFile | undefined {
  for (const folder of folders) {
    const copy = copyOf(path, folder);
    if (copy !== undefined) return copy;
  }
  return undefined;
}

function copyOf(path: string, folder: string): ReadableFile | undefined {
  let own: string | undefined;
  try {
    own = mkdtempSync(join(folder, 'slipway-read-'));
    const target = join(own, basename(path));
    const made = own;
    if (!copiedWhole(path, target)) throw new Error('the file changes');
    return { target, stale: false, copied: true, forget: () => rmSync(made, { recursive: true, force: true }) };
  } catch {
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
    return undefined;
  }
}

const tries = 5;

/** Copies the file and its WAL. Returns whether neither changed meanwhile. */
function copiedWhole(path: string, target: string): boolean {
  for (let i = 0; i < tries; i++) {
    const before = stampOf(path);
    rmSync(`${target}-wal`, { force: true });
    for (const suffix of ['', '-wal'].filter((end) => existsSync(`${path}${end}`))) {
      copyFileSync(`${path}${suffix}`, `${target}${suffix}`);
      chmodSync(`${target}${suffix}`, 0o600);
    }
    if (stampOf(path) === before) return true;
  }
  return false;
}

function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => (found === undefined ? '' : `${found.size} ${found.mtimeMs}`))
    .join(' ');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
