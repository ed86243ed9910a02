/**
 * Ways to read a database whose WAL-index cannot be made: a full disk has no room for it, a read-only one takes no
 * file.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What to attach in place of a file. */
export interface ReadableFile {
  readonly target: string;
  /** Its newest changes are missing: they are in a WAL that could not be read. */
  readonly stale: boolean;
  /** A copy, which is a database of its own. */
  readonly copied: boolean;
  /** Removes the copy's names; whoever has attached it goes on reading. */
  forget(): void;
}

/** Elsewhere than the state folder by default, in memory else. */
const copyFolders = [tmpdir(), '/dev/shm'];

/**
 * Without a WAL the file is all there is, and is read as one that never changes (`immutable`,
 * https://sqlite.org/uri.html). With one both are copied, for SQLite to join them; where there is no room for that
 * either, the file alone is read.
 */
export function readableFile(path: string, folders: readonly string[] = copyFolders): ReadableFile {
  if (sizeOf(`${path}-wal`) > 0) {
    for (const folder of folders) {
      const copy = copyOf(path, folder);
      if (copy !== undefined) return copy;
    }
  }
  const target = `${pathToFileURL(path).href}?immutable=1`;
  return { target, stale: sizeOf(`${path}-wal`) > 0, copied: false, forget: () => undefined };
}

function copyOf(path: string, folder: string): ReadableFile | undefined {
  let own: string | undefined;
  try {
    own = mkdtempSync(join(folder, 'slipway-read-'));
    const target = join(own, basename(path));
    const made = own;
    if (!copiedWhole(path, target)) throw new Error('it changes');
    return { target, stale: false, copied: true, forget: () => rmSync(made, { recursive: true, force: true }) };
  } catch {
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
    return undefined;
  }
}

const tries = 5;

/** The file and its WAL of one moment: neither changed meanwhile. */
function copiedWhole(path: string, target: string): boolean {
  for (let i = 0; i < tries; i++) {
    const before = stampOf(path);
    copyFileSync(path, target);
    copyFileSync(`${path}-wal`, `${target}-wal`);
    if (stampOf(path) === before) return true;
  }
  return false;
}

function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((file) => statSync(file))
    .map(({ size, mtimeMs }) => `${size} ${mtimeMs}`)
    .join(' ');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
