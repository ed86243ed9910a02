import type { ConfirmOwner } from '../../model/ownership.ts';
/**
 * Processes of this machine, each workload in a folder of its own. No images, no limits of memory, no isolation: what a
 * step's script may do, the user may.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import { cancelledBy, failed, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { isProcessAlive, type ProcessIdentity } from '../../util/process-identity.ts';
import { membersOf, signalGroup, type KnownProcesses } from '../../util/session.ts';
import type { Labels, LocalShell, Runtime, Workload, WorkloadRef, WorkloadSpec } from '../runtime.ts';
import { allowedEnvironment } from './environment.ts';
import { killAll } from './host-process.ts';
import { SecretFolders } from './secret-folders.ts';
import { startWorkload } from './start-workload.ts';
import { stateOf, WorkloadFolder, type WorkloadRecord } from './workload-folder.ts';

export interface HostSettings {
  /** Where workloads get their folders; made when the first one starts, readable by its owner alone. */
  readonly directory: string;
  /** Of Slipway's own process; only what `allowedEnvironment` lets through reaches commands. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** This process. */
  readonly self: ProcessIdentity;
  /** See `Runtime.whileOwned`. */
  readonly confirm?: ConfirmOwner;
}

export class HostRuntime implements Runtime {
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
    await mkdir(this.#settings.directory, { recursive: true, mode: 0o700 });
    const folder = this.#folder(spec.name);
    const before = await folder.read();
    if (before !== undefined && stateOf(before, this.#settings.self) === 'running') {
      return failed({ code: 'internal', name: 'NameTaken', message: `a workload named ${spec.name} runs already` });
    }
    await this.#removeFolder(folder, before, 0);
    this.#noteMemory(spec, work);
    const around = { ...this.#settings, secrets: this.#secrets };
    const outcome = await startWorkload(spec, folder, this.#env, work, around, () => this.#own.delete(spec.name));
    if (outcome.status === 'succeeded') this.#own.set(spec.name, outcome.value);
    return outcome;
  }

  async *find(labels: Labels, signal: AbortSignal): AsyncGenerator<WorkloadRef, void, undefined> {
    for (const name of await readdir(this.#settings.directory).catch(() => [])) {
      signal.throwIfAborted();
      if (name.includes('.')) continue; // half made: names of workloads are DNS labels
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
    if (record === undefined) return failed({ code: 'workload-deleted', detail: `the folder of ${ref.name} is gone` });
    if (stateOf(record, this.#settings.self) !== 'created') return failed(notAdopted);
    await this.remove(ref, 0);
    return failed({ code: 'start-failed', detail: `${ref.name} was left half made, and was removed` });
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

  /** Workloads that run are left alone, with their secrets: who started them disposes them. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#own.size === 0) await this.#secrets[Symbol.asyncDispose]();
    this.#own.clear();
  }

  #folder(name: string): WorkloadFolder {
    return new WorkloadFolder(join(this.#settings.directory, name), name);
  }

  async #removeFolder(folder: WorkloadFolder, record: WorkloadRecord | undefined, graceMs: number): Promise<void> {
    this.#settings.confirm?.();
    if (record !== undefined) await endStrangers(record, folder, graceMs, this.#settings);
    this.#settings.confirm?.();
    await folder.remove();
  }

  #noteMemory(spec: WorkloadSpec, work: Work): void {
    if (this.#memoryNoted || !spec.containers.some(({ memoryBytes }) => memoryBytes !== undefined)) return;
    this.#memoryNoted = true;
    work.output.observe({
      type: 'noted',
      level: 'warning',
      message: 'memory limits do not hold on this host: a process may take what there is',
    });
  }
}

const notAdopted: Failure = {
  code: 'runtime-lost',
  detail:
    'the process that started this command is gone, and with it the command’s output: commands of the host cannot be gone on with',
};

const pollMs = 20;

/**
 * Ends what another process started: only a leader that is proved to be the recorded one, and what carries the
 * workload's mark.
 */
async function endStrangers(
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
  // Without a recorded process there may still be one that was started just before its maker died: the mark finds it.
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
