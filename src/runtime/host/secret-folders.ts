/**
 * Where the host runtime keeps files with secrets: in memory where the system has a file system for that, and never
 * longer than this process lives. A small shell beside it removes them when it dies, `kill -9` included.
 */
import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';

const beginning = '.slipway-secrets-';

/** Whether a path, read from a file, is a folder of secrets: only such are removed. */
export function isSecretFolder(path: string): boolean {
  return basename(dirname(path)).startsWith(beginning) && !path.split('/').includes('..');
}

interface Root {
  readonly path: string;
  readonly guard: Writable | null;
}

export class SecretFolders implements AsyncDisposable {
  #root: Promise<Root> | undefined;

  /**
   * @param fallback a folder on disk, for systems without a file system in memory
   * @param memory where that is on Linux
   */
  constructor(
    private readonly fallback: string,
    private readonly memory = '/dev/shm',
  ) {}

  /** A new folder, readable by this user alone. */
  async make(name: string): Promise<string> {
    const path = join((await this.#open()).path, name);
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  async #open(): Promise<Root> {
    this.#root ??= makeRoot(this.fallback, this.memory);
    try {
      return await this.#root;
    } catch (error) {
      // The next one may have more luck.
      this.#root = undefined;
      throw error;
    }
  }

  /** Removes all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    const root = this.#root;
    this.#root = undefined;
    if (root === undefined) return;
    const { path, guard } = await root;
    await rm(path, { recursive: true, force: true });
    guard?.end();
  }
}

async function makeRoot(fallback: string, memory: string): Promise<Root> {
  const path = await inMemory(memory).catch(async () => await mkdtemp(join(fallback, beginning)));
  return { path, guard: guard(path) };
}

/** `TMPFS_MAGIC` of statfs(2). */
const tmpfs = 0x01021994;

async function inMemory(memory: string): Promise<string> {
  if (statfsSync(memory).type !== tmpfs) throw new Error(`${memory} is on a disk`);
  return await mkdtemp(join(memory, beginning));
}

/**
 * Its input ends when the process that holds the other end dies, however that happens. It finds the folder by its
 * working directory: as an argument it would be in every list of processes.
 */
const script = 'folder=$(pwd -P); cd /; trap "" HUP INT TERM QUIT; while read -r line; do :; done; rm -rf -- "$folder"';

function guard(folder: string): Writable | null {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell nothing can be run on this host either.
  child.on('error', () => undefined);
  child.unref();
  // Absent where no process could be made for want of descriptors.
  const stdin: (Writable & { unref?(): void }) | null | undefined = child.stdin;
  stdin?.on('error', () => undefined);
  stdin?.unref?.();
  return stdin ?? null;
}
