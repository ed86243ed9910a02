/**
 * Folders of this machine for files with secrets: in memory if the system supports it, and never longer than this process
 * lives. A small shell removes them when this process dies, even by `kill -9`.
 */
import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';

const beginning = '.slipway-secrets-';

/** Reports whether a path from a record is a folder of secrets. Only such folders are removed. */
export function isSecretFolder(path: string): boolean {
  return basename(dirname(path)).startsWith(beginning) && !path.split('/').includes('..');
}

interface Root {
  readonly path: string;
  readonly guard: Writable | null;
}

export class SecretFolders implements AsyncDisposable {
  #root: Promise<Root> | undefined;
  readonly #fallback: string;
  readonly #memory: string;

  /**
   * @param fallback a folder on disk, for systems without a file system in memory
   * @param memory the file system in memory on Linux
   */
  constructor(fallback: string, memory = '/dev/shm') {
    this.#fallback = fallback;
    this.#memory = memory;
  }

  /** Creates a new folder, readable only by this user. */
  async make(name: string): Promise<string> {
    const path = join((await this.#open()).path, name);
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  async #open(): Promise<Root> {
    this.#root ??= makeRoot(this.#fallback, this.#memory);
    try {
      return await this.#root;
    } catch (error) {
      // The next call may succeed.
      this.#root = undefined;
      throw error;
    }
  }

  /** Removes all folders. */
  async [Symbol.asyncDispose](): Promise<void> {
    const root = this.#root;
    this.#root = undefined;
    if (root === undefined) return;
    const { path, guard } = await root;
    await rm(path, { recursive: true, force: true });
    guard?.end();
  }
}

/** Makes one folder for files with secrets. It is removed when it is disposed of, and when this process dies. */
export async function secretFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folders = new SecretFolders(tmpdir());
  return { path: await folders.make('files'), [Symbol.asyncDispose]: async () => await folders[Symbol.asyncDispose]() };
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
 * Its input ends when the process at the other end dies, for whatever reason. The folder is its working directory, not
 * an argument: arguments are visible in process lists.
 */
const script = 'folder=$(pwd -P); cd /; trap "" HUP INT TERM QUIT; while read -r line; do :; done; rm -rf -- "$folder"';

function guard(folder: string): Writable | null {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell no command can run on this host either.
  child.on('error', () => undefined);
  child.unref();
  // Absent if no process could be created because descriptors ran out.
  const stdin: (Writable & { unref?(): void }) | null | undefined = child.stdin;
  stdin?.on('error', () => undefined);
  stdin?.unref?.();
  return stdin ?? null;
}
