/**
 * The folder of a workload on the host. `workload.json` describes it and its processes, so that another process can
 * find and remove it. `volumes/NAME` holds its volumes; `commands/` marks its processes.
 */
import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive, type ProcessIdentity } from '../../util/process-identity.ts';
import type { ProcessMark } from '../../util/session.ts';
import type { Labels, WorkloadRef } from '../runtime.ts';
import { isSecretFolder } from '../../util/secret-folders.ts';

export interface WorkloadRecord {
  readonly name: string;
  readonly labels: Labels;
  readonly createdAt: number;
  /** What runs or ran in it. Empty before its first command. */
  readonly processes: readonly { readonly container: string; readonly identity: ProcessIdentity }[];
  /** Where a shell starts: the first container's working directory. */
  readonly workingDirectory: string;
  /** The folder of its files with secrets, if it has some. */
  readonly secrets?: string;
}

/** The files of one command of a workload. */
export interface CommandPlace {
  /** Added to the command's environment. */
  readonly variable: { readonly name: string; readonly value: string };
  readonly mark: ProcessMark;
  /** `marker`: an empty file that the command holds open. */
  file(kind: 'stdout' | 'stderr' | 'marker'): string;
}

export class WorkloadFolder {
  #commands = 0;

  constructor(
    readonly path: string,
    readonly name: string,
  ) {}

  folderOf(volume: string): string {
    return join(this.path, 'volumes', volume);
  }

  /** The mark of every process of the workload. The folder must exist. */
  get mark(): ProcessMark {
    return { variable: `${markName}=${this.path}#`, files: join(withoutLinks(this.path), commandsName, '/') };
  }

  /** Returns a place for a new command. The folder must exist. */
  nextCommand(): CommandPlace {
    const number = ++this.#commands;
    const value = `${this.path}#${number}#`;
    const files = `${this.mark.files}${number}.`;
    return {
      variable: { name: markName, value },
      mark: { variable: `${markName}=${value}`, files },
      file: (kind) => files + kind,
    };
  }

  /** Creates the folder atomically, so that a reader never finds it without its record. */
  create(record: WorkloadRecord, volumes: readonly string[]): void {
    const unborn = this.#unborn;
    rmSync(unborn, { recursive: true, force: true });
    mkdirSync(join(unborn, 'volumes'), { recursive: true, mode: 0o700 });
    mkdirSync(join(unborn, commandsName), { mode: 0o700 });
    for (const volume of volumes) mkdirSync(join(unborn, 'volumes', volume), { mode: 0o755 });
    writeFileSync(join(unborn, recordName), JSON.stringify(record), { mode: 0o600 });
    renameSync(unborn, this.path);
  }

  write(record: WorkloadRecord): void {
    const unborn = join(this.path, `${recordName}.new`);
    writeFileSync(unborn, JSON.stringify(record), { mode: 0o600 });
    renameSync(unborn, join(this.path, recordName));
  }

  /** Returns `undefined` if there is no readable record. */
  async read(): Promise<WorkloadRecord | undefined> {
    try {
      return JSON.parse(await readFile(join(this.path, recordName), 'utf8')) as WorkloadRecord;
    } catch {
      return undefined;
    }
  }

  async exists(): Promise<boolean> {
    return (await lstat(this.path).catch(() => undefined)) !== undefined;
  }

  /** @param unrecorded a folder of secrets that may be missing in the record */
  async remove(unrecorded?: string): Promise<void> {
    const secrets = unrecorded ?? (await this.read())?.secrets;
    if (secrets !== undefined && isSecretFolder(secrets)) await removeTree(secrets);
    await removeTree(this.path);
    await removeTree(this.#unborn);
  }

  get #unborn(): string {
    return `${this.path}.new`;
  }
}

const recordName = 'workload.json';
const commandsName = 'commands';
const markName = 'SLIPWAY_WORKLOAD';

function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Another process has just removed it.
    return path;
  }
}

/** `created`: no process is recorded. `running`: a recorded process lives, or its state is unknown. */
export function stateOf(record: WorkloadRecord, self: ProcessIdentity): WorkloadRef['state'] {
  if (record.processes.length === 0) return 'created';
  return record.processes.some(({ identity }) => isProcessAlive(identity, self) !== false) ? 'running' : 'exited';
}

/** Removes a tree, even with read-only folders, which package managers create. */
async function removeTree(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 };
  try {
    await rm(path, options);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await makeWritable(path);
    await rm(path, options);
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}
