/**
 * A workload of the host is a folder: `workload.json` says what it is and which processes run in it, so that another
 * process can find and remove it; `volumes/NAME` are its volumes, `commands/` marks its processes.
 */
import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive, type ProcessIdentity } from '../../util/process-identity.ts';
import type { ProcessMark } from '../../util/session.ts';
import type { Labels, WorkloadRef } from '../runtime.ts';
import { isSecretFolder } from './secret-folders.ts';

export interface WorkloadRecord {
  readonly name: string;
  readonly labels: Labels;
  readonly createdAt: number;
  /** What runs or ran in it; none before its first command. */
  readonly processes: readonly { readonly container: string; readonly identity: ProcessIdentity }[];
  /** Where a shell would start: the first container's working directory. */
  readonly workingDirectory: string;
  /** Where its files with secrets are; absent: it has none. */
  readonly secrets?: string;
}

/** What one command of a workload has of its own. */
export interface CommandPlace {
  /** Goes into its environment. */
  readonly variable: { readonly name: string; readonly value: string };
  readonly mark: ProcessMark;
  /** `marker`: an empty file that it holds open. */
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

  /** What every process of the workload carries; the folder must exist. */
  get mark(): ProcessMark {
    return { variable: `${markName}=${this.path}#`, files: join(withoutLinks(this.path), commandsName, '/') };
  }

  /** A place that no other command of the workload has; the folder must exist. */
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

  /** Appears at once and whole, so that nobody finds a folder that does not say what it is. */
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

  /** `undefined`: there is none, or none that can be read. */
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

  /** @param unrecorded a folder of secrets that the record may not name yet */
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

/** `created`: no process was recorded; `running`: one of those recorded lives, or cannot be seen from here. */
export function stateOf(record: WorkloadRecord, self: ProcessIdentity): WorkloadRef['state'] {
  if (record.processes.length === 0) return 'created';
  return record.processes.some(({ identity }) => isProcessAlive(identity, self) !== false) ? 'running' : 'exited';
}

/** Removes a tree also where it has folders that may not be written to, as package managers make them. */
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
