import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../model/clock.ts';
import type { TreeEntry } from '../../model/tree.ts';
import { makeFolder } from '../../util/make-folder.ts';
import { TarEncoder } from '../../tar/tar-encoder.ts';
import { tarHeaders } from '../../tar/tar-headers.ts';
import { encodeEdited } from '../../tar/tar-rewrite.ts';
import { encodeCacheHead, isWholeCache, readCacheHead, type CacheFile } from './cache-file.ts';
import { entryOf } from '../tree/merged-tree.ts';
import { readOwnTar } from '../tree/read-own-tar.ts';
import type { CacheStore } from '../workspace.ts';
import { toWorkspaceError } from '../workspace-error.ts';
import { workspacePath } from '../tree/workspace-tar.ts';

export interface CacheStoreOptions {
  readonly clock: Clock;
  /** Reports a damaged cache that is ignored. For people. */
  note?(message: string): void;
}

const cacheSuffix = '.cache';
const unfinishedSuffix = '.unfinished';
/** Longer than saving takes. Older unfinished files belong to a dead process. */
const unfinishedMs = 24 * 60 * 60 * 1000;
const largestPlain = 8 ** 11 - 1;

/**
 * @param folder created when the first cache is saved
 */
export function openCacheStore(folder: string, options: CacheStoreOptions): CacheStore {
  return new FolderCacheStore(folder, options.clock, (message) => options.note?.(message));
}

type Listed = Awaited<ReturnType<CacheStore['list']>>[number];

class FolderCacheStore implements CacheStore {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #note: (message: string) => void;

  constructor(folder: string, clock: Clock, note: (message: string) => void) {
    this.#folder = folder;
    this.#clock = clock;
    this.#note = note;
  }

  async restore(project: string, cachePath: string): ReturnType<CacheStore['restore']> {
    const file = this.#fileOf(project, cachePath);
    try {
      const found = await this.#inspect(file);
      if (found === 'none') return undefined;
      if (found === 'damaged') {
        this.#note(`ignoring the damaged cache of ${cachePath}`);
        await fs.promises.rm(file, { force: true });
        return undefined;
      }
      await this.#touch(file);
      return {
        bytes: found.bytes,
        open: (owner, signal) => openCache(file, owner, signal),
        entries: async (signal) => await cacheEntries(file, signal),
      };
    } catch (error) {
      this.#note(`cannot read the cache of ${cachePath}: ${(error as Error).message}`);
      return undefined;
    }
  }

  async save(project: string, cachePath: string, tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
    const file = this.#fileOf(project, cachePath);
    const temporary = `${file}.${randomUUID()}${unfinishedSuffix}`;
    try {
      makeFolder(this.#folder, 0o700);
      const bytes = await this.#write(temporary, { project, path: cachePath }, tar, signal);
      await this.#touch(temporary);
      signal.throwIfAborted();
      await fs.promises.rename(temporary, file);
      return bytes;
    } catch (error) {
      await fs.promises.rm(temporary, { force: true });
      signal.throwIfAborted();
      throw toWorkspaceError(error);
    }
  }

  async list(): Promise<readonly Listed[]> {
    const found: Listed[] = [];
    for (const name of await namesIn(this.#folder)) {
      const file = path.join(this.#folder, name);
      const stat = await fs.promises.stat(file).catch(() => undefined);
      if (stat === undefined) continue;
      if (name.endsWith(unfinishedSuffix) && stat.mtimeMs < this.#clock.now() - unfinishedMs)
        await fs.promises.rm(file, { force: true });
      if (!name.endsWith(cacheSuffix)) continue;
      const head = readHeadOf(file);
      // An unreadable cache is listed too, because it takes space.
      const label = typeof head === 'object' ? { project: head.project, path: head.path } : { project: '', path: '' };
      found.push({
        ...label,
        bytes: stat.size,
        usedAt: stat.mtimeMs,
        remove: async () => await fs.promises.rm(file, { force: true }),
      });
    }
    return found.sort((a, b) => a.usedAt - b.usedAt);
  }

  #fileOf(project: string, cachePath: string): string {
    return path.join(
      this.#folder,
      `${createHash('sha256').update(`${project}\0${cachePath}`).digest('hex')}${cacheSuffix}`,
    );
  }

  /** Records the last use as the file's modification time. */
  async #touch(file: string): Promise<void> {
    const now = this.#clock.now() / 1000;
    await fs.promises.utimes(file, now, now);
  }

  async #inspect(file: string): Promise<CacheFile | 'none' | 'damaged'> {
    const handle = await fs.promises.open(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (handle === undefined) return 'none';
    try {
      const head = readCacheHead(handle.fd);
      return head !== undefined && (await isWholeCache(handle.fd, head, new AbortController().signal))
        ? head
        : 'damaged';
    } finally {
      await handle.close();
    }
  }

  async #write(
    file: string,
    label: { project: string; path: string },
    tar: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<number> {
    const out = new TarEncoder();
    let bytes = 0;
    let plain = true;
    const edited = encodeEdited(tar, out, (header) => {
      if (!['file', 'directory', 'symlink', 'hardlink'].includes(header.type)) return undefined;
      if (header.size > largestPlain) plain = false;
      return {
        ...header,
        name: Buffer.from(workspacePath(label.path, header.name), 'latin1'),
        mode: header.mode & 0o777,
        uid: 0,
        gid: 0,
        ...(header.type === 'hardlink' && header.linkName !== undefined
          ? { linkName: Buffer.from(workspacePath(label.path, header.linkName), 'latin1') }
          : {}),
      };
    });
    const whole = async function* () {
      yield encodeCacheHead(label, 0, true);
      for await (const chunk of edited) {
        bytes += chunk.length;
        yield chunk;
      }
      out.finish();
      for (const chunk of out.take()) {
        bytes += chunk.length;
        yield chunk;
      }
    };
    const handle = await fs.promises.open(file, 'wx', 0o600);
    try {
      await fs.promises.writeFile(handle, whole(), { signal });
      const head = encodeCacheHead(label, bytes, plain);
      await handle.write(head, 0, head.length, 0);
      // The length in the header detects an incomplete file, also after a power failure.
      await handle.datasync();
    } finally {
      await handle.close();
    }
    return bytes;
  }
}

/** Opens the current copy, which stays readable after a replacement. If it was removed, returns an empty tree. */
async function* openCache(
  file: string,
  owner: { uid: number; gid: number } | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const head = readHeadOf(file);
  if (typeof head === 'object') {
    yield* readOwnTar(file, head.from, head.plain, owner, signal);
    return;
  }
  const out = new TarEncoder();
  out.finish();
  yield* out.take();
}

async function cacheEntries(file: string, signal: AbortSignal): Promise<readonly TreeEntry[]> {
  const handle = await fs.promises.open(file).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const head = readCacheHead(handle.fd);
    return head === undefined ? [] : (await tarHeaders(handle.fd, head.from, signal)).map(entryOf);
  } finally {
    await handle.close();
  }
}

function readHeadOf(file: string): CacheFile | 'none' | 'damaged' {
  let fd: number;
  try {
    fd = fs.openSync(file, 'r');
  } catch {
    return 'none';
  }
  try {
    return readCacheHead(fd) ?? 'damaged';
  } finally {
    fs.closeSync(fd);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await fs.promises.readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
