import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { TarSource } from '../../model/tree.ts';
import type { Work } from '../../model/work.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import type { ContainerSpec, VolumeSpec, Workload, WorkloadRef, WorkloadSpec } from '../runtime.ts';
import { ContainerPlace, type CommandRequest } from './container-place.ts';
import { makeOutputFifos, startCommand, type CommandOptions, type HostCommand } from './host-command.ts';
import type { ProcessContext } from './host-process.ts';
import { HostWorkload } from './host-workload.ts';
import type { SecretFolders } from '../../util/secret-folders.ts';
import type { WorkloadFolder, WorkloadRecord } from './workload-folder.ts';
import { onAbort } from '../../util/abort.ts';

export interface WorkloadContext extends ProcessContext {
  readonly secrets: SecretFolders;
}

/**
 * Starts a workload. A start that fails leaves nothing behind.
 * @param removed called when the workload has been disposed
 */
export async function startWorkload(
  spec: WorkloadSpec,
  folder: WorkloadFolder,
  env: Readonly<Record<string, string>>,
  work: Work,
  around: WorkloadContext,
  removed: () => void,
): Promise<Outcome<Workload>> {
  const start = new WorkloadStart(spec, folder, env, work, around, removed);
  try {
    const outcome = await start.run();
    if (outcome.status !== 'succeeded') await start.undo();
    return outcome;
  } catch (error) {
    await start.undo();
    if (work.signal.aborted) return cancelledBy(work.signal);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return failed({ code: 'disk-full', where: folder.path, detail: (error as Error).message });
    throw error;
  }
}

interface Prepared {
  readonly place: ContainerPlace;
  readonly request: CommandRequest;
}

function prepared(place: ContainerPlace): Prepared {
  return { place, request: place.command(place.spec.command) };
}

/** Reports whether the volume's initial files hold secrets. Files that the commands write are ordinary files. */
function isSecret({ confidential, content }: VolumeSpec): boolean {
  return confidential === true && content.length > 0;
}

/** Links everything in one folder into another. */
async function linkAll(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await symlink(join(from, name), join(to, name));
}

class WorkloadStart {
  readonly #inits: readonly ContainerPlace[];
  readonly #mains: readonly ContainerPlace[];
  readonly #containers = new Map<string, HostCommand>();
  #record: WorkloadRecord;
  readonly #spec: WorkloadSpec;
  readonly #folder: WorkloadFolder;
  readonly #work: Work;
  readonly #around: WorkloadContext;
  readonly #removed: () => void;

  constructor(
    spec: WorkloadSpec,
    folder: WorkloadFolder,
    env: Readonly<Record<string, string>>,
    work: Work,
    around: WorkloadContext,
    removed: () => void,
  ) {
    this.#spec = spec;
    this.#folder = folder;
    this.#work = work;
    this.#around = around;
    this.#removed = removed;
    const placed = (container: ContainerSpec) => new ContainerPlace(container, folder, env);
    this.#inits = (spec.initContainers ?? []).map(placed);
    this.#mains = spec.containers.map(placed);
    const workingDirectory = this.#mains[0]?.workingDirectory ?? folder.path;
    this.#record = {
      name: spec.name,
      labels: spec.labels,
      createdAt: around.clock.now(),
      processes: [],
      workingDirectory,
    };
  }

  async run(): Promise<Outcome<Workload>> {
    const spec = this.#spec;
    const folder = this.#folder;
    const work = this.#work;
    this.#around.confirm?.();
    if (spec.volumes.some(isSecret)) {
      this.#record = { ...this.#record, secrets: await this.#around.secrets.make(spec.name) };
    }
    folder.create(
      this.#record,
      spec.volumes.map(({ name }) => name),
    );
    work.output.observe({ type: 'workload.created', workload: spec.name, runtime: 'host' });
    const inits = this.#inits.map(prepared);
    const mains = this.#mains.map(prepared);
    const requests = [...inits, ...mains].map(({ request }) => request);
    const [fifos] = await allSettled(makeOutputFifos(requests), this.#fill());
    for (const init of inits) {
      const refusal = (await this.#start(init, { fifos, unread: true })) ?? (await this.#initRefusal(init));
      if (work.signal.aborted) return cancelledBy(work.signal);
      if (refusal !== undefined) return failed({ code: 'start-failed', detail: refusal });
    }
    for (const main of mains) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      const refusal = await this.#start(main, { fifos, unread: false });
      if (refusal !== undefined) return failed({ code: 'start-failed', detail: refusal });
    }
    work.output.observe({ type: 'workload.started', workload: spec.name });
    return succeeded(new HostWorkload(this.#ref(), folder, this.#containers, this.#around, this.#removed));
  }

  async undo(): Promise<void> {
    this.#around.confirm?.();
    for (const container of this.#containers.values()) {
      await container.force();
      container.output.abandon();
    }
    await this.#folder.remove(this.#record.secrets);
  }

  async #fill(): Promise<void> {
    let bytes = 0;
    const counted = async function* (source: TarSource, signal: AbortSignal) {
      for await (const chunk of source.open(undefined, signal)) {
        bytes += chunk.length;
        yield chunk;
      }
    };
    for (const volume of this.#spec.volumes) {
      const to = isSecret(volume) ? await this.#secretFolder(volume) : this.#folder.folderOf(volume.name);
      for (const layer of volume.content) await extractTar(counted(layer, this.#work.signal), to, this.#work.signal);
      if (isSecret(volume)) await linkAll(to, this.#folder.folderOf(volume.name));
    }
    if (bytes > 0) this.#work.output.observe({ type: 'workspace.filled', bytes });
  }

  async #secretFolder({ name }: VolumeSpec): Promise<string> {
    const path = join(this.#record.secrets ?? '', name);
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  /** Returns why the command could not be started. */
  async #start({ place, request }: Prepared, options: Omit<CommandOptions, 'input'>): Promise<string | undefined> {
    this.#around.confirm?.();
    const started = await startCommand(place, request, { ...options, input: 'none' }, this.#around);
    if ('refused' in started) return started.refused;
    const { command } = started;
    this.#containers.set(place.spec.name, command);
    const begun = { container: place.spec.name, identity: command.child.identity };
    this.#record = { ...this.#record, processes: [...this.#record.processes, begun] };
    this.#folder.write(this.#record);
    return undefined;
  }

  /** Waits for an init container's end. Returns why it failed. */
  async #initRefusal({ place }: Prepared): Promise<string | undefined> {
    const { name } = place.spec;
    const container = this.#containers.get(name);
    if (container === undefined) return undefined;
    using _killed = onAbort(this.#work.signal, () => void container.child.kill());
    const { code } = await container.ended;
    await container.settled;
    return code === 0
      ? undefined
      : `init container "${name}" ended with exit code ${code}: ${container.output.tail(500).trim() || 'it printed nothing'}`;
  }

  #ref(): WorkloadRef {
    const { name, labels } = this.#spec;
    return { runtime: 'host', id: name, name, labels, state: 'running', createdAt: this.#record.createdAt };
  }
}

/** Awaits both, even if the first fails: nothing may run on in a folder that is being removed. */
async function allSettled<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return await Promise.all([a, b]);
}
