/** The folders of a store: one per run, and a place for those that are being removed. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunId } from '../../model/ids.ts';
import type { RunId } from '../../model/ids.ts';
import { makeFolder } from '../../util/make-folder.ts';
import { toStoreError } from './sqlite-errors.ts';

export class RunFolders {
  readonly #runs: string;
  readonly #removed: string;

  constructor(readonly root: string) {
    this.#runs = join(root, 'runs');
    this.#removed = join(root, 'removed');
  }

  get indexPath(): string {
    return join(this.root, 'index.db');
  }

  of(run: RunId): string {
    return join(this.#runs, run);
  }

  logPath(run: RunId): string {
    return join(this.of(run), 'run.db');
  }

  /** Creates the folders, readable only by their owner. An existing store stays readable on a read-only disk. */
  prepare(): void {
    if (existsSync(this.indexPath)) return;
    for (const folder of [this.root, this.#runs, this.#removed]) this.#making(folder, () => makeFolder(folder, 0o700));
  }

  /** Throws if the folder exists. */
  make(run: RunId): void {
    this.#making(this.#runs, () => makeFolder(this.#runs, 0o700));
    this.#making(this.of(run), () => mkdirSync(this.of(run), { mode: 0o700 }));
  }

  async discard(run: RunId): Promise<void> {
    await rm(this.of(run), { recursive: true, force: true });
  }

  async isThere(run: RunId): Promise<boolean> {
    return (await stat(this.logPath(run)).catch(() => undefined)) !== undefined;
  }

  /** Like `isThere`, within a few microseconds. */
  isThereNow(run: RunId): boolean {
    return existsSync(this.logPath(run));
  }

  async isFolderThere(run: RunId): Promise<boolean> {
    return (await stat(this.of(run)).catch(() => undefined)) !== undefined;
  }

  /** Moves the folder in one step, so that no reader sees half a run. Not an error if the folder is gone. */
  moveAway(run: RunId): void {
    try {
      makeFolder(this.#removed, 0o700);
      renameSync(this.of(run), join(this.#removed, run));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  async movedAway(): Promise<readonly RunId[]> {
    return await runsIn(this.#removed);
  }

  /** Removes everything but the folder itself. */
  async emptyMovedAway(run: RunId): Promise<void> {
    const folder = join(this.#removed, run);
    for (const name of await readdir(folder).catch(() => []))
      await rm(join(folder, name), { recursive: true, force: true });
  }

  async deleteMovedAway(run: RunId): Promise<void> {
    await rm(join(this.#removed, run), { recursive: true, force: true });
  }

  /**
   * Returns the folders of runs created before this time, in milliseconds since 1970. A run is listed only after its
   * folder was created.
   */
  async madeBefore(moment: number): Promise<readonly RunId[]> {
    const names = await runsIn(this.#runs);
    const old = await Promise.all(
      names.map(async (name) => ((await stat(this.of(name)).catch(() => undefined))?.mtimeMs ?? Infinity) < moment),
    );
    return names.filter((_, index) => old[index]);
  }

  async bytes(run: RunId): Promise<number> {
    return await folderBytes(this.of(run));
  }

  #making(folder: string, make: () => void): void {
    try {
      make();
    } catch (error) {
      throw toStoreError(error, folder);
    }
  }
}

async function runsIn(folder: string): Promise<RunId[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.filter(isRunId);
}

/** Sums the lengths of all files below a folder. Files that vanish meanwhile count nothing. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await folderBytes(path) : ((await stat(path).catch(() => undefined))?.size ?? 0);
  }
  return bytes;
}
