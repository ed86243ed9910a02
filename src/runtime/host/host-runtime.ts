/**
 * Runs workloads as processes of this machine, each in a folder of its own. No images, no memory limits, no isolation:
 * a step's script has the user's permissions.
 */
import { engineOnly } from '../engine-only.ts';
import type { ConfirmOwner } from '../../model/ownership.ts';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import { cancelledBy, failed, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { isProcessAlive, type ProcessIdentity } from '../../util/process-identity.ts';
import { membersOf, signalGroup, type KnownProcesses } from '../../util/session.ts';
import type { Labels, LocalShell, Runtime, Workload, WorkloadRef, WorkloadSpec } from '../runtime.ts';
import type { CommandRecords } from '../command-records.ts';
import { AttemptRecord } from './attempt-record.ts';
import { allowedEnvironment } from './environment.ts';
import { killAll } from './host-process.ts';
import { SecretFolders } from '../../util/secret-folders.ts';
import { startWorkload } from './start-workload.ts';
import { stateOf, WorkloadFolder, type WorkloadRecord } from './workload-folder.ts';
import { warned } from '../../model/warning.ts';

export interface HostSettings {
  /** The parent of the workloads' folders. Created for the first workload, readable only by its owner. */
  readonly directory: string;
  /** The environment of Slipway's own process. Commands only see what `allowedEnvironment` permits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** This process. */
  readonly self: ProcessIdentity;
  /** See `Runtime.whileOwned`. */
  readonly confirm?: ConfirmOwner;
}

export class HostRuntime implements Runtime, CommandRecords {
  readonly kind = 'host';
  readonly engine = 'this host';
  readonly #settings: HostSettings;
  readonly #env: Readonly<Record<string, string>>;
  readonly #own = new Map<string, Workload>();
  readonly #secrets: SecretFolders;
  #memoryNoted = false;

  constructor(settings: HostSettings) {
    this.#settings = settings;
    this.#env = allowedEnvironment(settings.env);
    this.#secrets = new SecretFolders(settings.directory);
  }

  async start(spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>> {
    if (work.signal.aborted) return cancelledBy(work.signal);
    const refusal = engineOnly(spec, 'this machine without an engine');
    if (refusal !== undefined) return failed(refusal);
    await mkdir(this.#settings.directory, { recursive: true, mode: 0o700 });
    const folder = this.#folder(spec.name);
    const before = await folder.read();
    if (before !== undefined && stateOf(before, this.#settings.self) === 'running') {
      return failed({
        code: 'internal',
        name: 'NameTaken',
        message: `a workload named ${spec.name} is already running`,
      });
    }
    await this.#removeFolder(folder, before, 0);
    this.#noteMemory(spec, work);
    const around = { ...this.#settings, secrets: this.#secrets };
    const outcome = await startWorkload(spec, folder, this.#env, work, around, () => this.#own.delete(spec.name));
    if (outcome.status === 'succeeded') this.#own.set(spec.name, outcome.value);
    return outcome;
  }

  record({ name, labels }: Pick<WorkloadRef, 'name' | 'labels'>): AttemptRecord {
    const { clock, self } = this.#settings;
    const folder = this.#folder(name);
    const clear = async () => await this.#removeFolder(folder, await folder.read(), 0);
    return new AttemptRecord(folder, { clock, self, labels, clear });
  }

  async *find(labels: Labels, signal: AbortSignal): AsyncGenerator<WorkloadRef, void, undefined> {
    for (const name of await readdir(this.#settings.directory).catch(() => [])) {
      signal.throwIfAborted();
      if (name.includes('.')) continue; // half created: names of workloads are DNS labels
      const record = await this.#folder(name).read();
      if (record === undefined || !Object.entries(labels).every(([key, value]) => record.labels[key] === value))
        continue;
      yield {
        runtime: this.kind,
        id: name,
        name,
        labels: record.labels,
        state: stateOf(record, this.#settings.self),
        createdAt: record.createdAt,
      };
    }
  }

  async adopt(ref: WorkloadRef): Promise<Outcome<Workload>> {
    const record = await this.#folder(ref.id).read();
    if (record === undefined)
      return failed({ code: 'workload-deleted', detail: `the folder of workload ${ref.name} no longer exists` });
    if (stateOf(record, this.#settings.self) !== 'created') return failed(notAdopted);
    await this.remove(ref, 0);
    return failed({ code: 'start-failed', detail: `workload ${ref.name} was incomplete, so Slipway removed it` });
  }

  async remove(ref: WorkloadRef, graceMs: number): Promise<void> {
    const own = this.#own.get(ref.id);
    if (own !== undefined) {
      await own.stop(graceMs);
      await own[Symbol.asyncDispose]();
      return;
    }
    const folder = this.#folder(ref.id);
    await this.#removeFolder(folder, await folder.read(), graceMs);
  }

  async localShell(ref: WorkloadRef): Promise<LocalShell | undefined> {
    const record = await this.#folder(ref.id).read();
    return record && { directory: record.workingDirectory, env: this.#env };
  }

  whileOwned(confirm: ConfirmOwner): HostRuntime {
    return new HostRuntime({ ...this.#settings, confirm });
  }

  /** Leaves running workloads and their secrets alone: the process that started them disposes them. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#own.size === 0) await this.#secrets[Symbol.asyncDispose]();
    this.#own.clear();
  }

  #folder(name: string): WorkloadFolder {
    return new WorkloadFolder(join(this.#settings.directory, name), name);
  }

  async #removeFolder(folder: WorkloadFolder, record: WorkloadRecord | undefined, graceMs: number): Promise<void> {
    this.#settings.confirm?.();
    if (record !== undefined) await endForeignProcesses(record, folder, graceMs, this.#settings);
    this.#settings.confirm?.();
    await folder.remove();
  }

  #noteMemory(spec: WorkloadSpec, work: Work): void {
    if (this.#memoryNoted || !spec.containers.some(({ memoryBytes }) => memoryBytes !== undefined)) return;
    this.#memoryNoted = true;
    work.output.observe(
      warned('W088', 'memory limits are not enforced on this host: a process may use all the memory of the machine'),
    );
  }
}

const notAdopted: Failure = {
  code: 'runtime-lost',
  detail:
    'the process that started this command has died, and the command’s output is lost: commands on the host cannot be resumed',
};

const pollMs = 20;

/**
 * Ends what another process started: only a leader that is proved to be the recorded one, and processes with the
 * workload's mark.
 */
async function endForeignProcesses(
  record: WorkloadRecord,
  folder: WorkloadFolder,
  graceMs: number,
  { clock, self, confirm }: HostSettings,
): Promise<void> {
  const { mark } = folder;
  const known: KnownProcesses = new Map();
  const recorded = record.processes.map(({ identity }) => identity);
  const alive = () => recorded.filter((identity) => isProcessAlive(identity, self) === true);
  for (const leader of alive()) await membersOf({ ...leader, mark }, true, known);
  confirm?.();
  for (const { pid } of alive()) signalGroup(pid, 'SIGTERM');
  const until = clock.now() + graceMs;
  while (alive().length > 0 && clock.now() < until) await clock.sleep(pollMs);
  confirm?.();
  const trusted = alive();
  // A process may have started just before its creator died, without a record. The mark finds it.
  const leaders = recorded.length > 0 ? recorded : [{ ...self, pid: -1, startTime: '0' }];
  for (const leader of leaders) {
    await killAll(
      { ...leader, mark },
      trusted.some(({ pid }) => pid === leader.pid),
      known,
      clock,
    );
  }
}
