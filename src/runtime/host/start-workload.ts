import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { TarSource } from '../../model/tree.ts';
import type { Work } from '../../model/work.ts';
import { extractTar } from '../../util/tar/tar-extract.ts';
import type { ContainerSpec, Workload, WorkloadRef, WorkloadSpec } from '../runtime.ts';
import { ContainerPlace, makeContainerFifos, startContainer, type HostContainer } from './host-container.ts';
import type { ProcessSurroundings } from './host-process.ts';
import { HostWorkload } from './host-workload.ts';
import type { WorkloadFolder, WorkloadRecord } from './workload-folder.ts';

/**
 * From nothing to running commands; whatever does not succeed leaves nothing behind.
 * @param removed called when the workload has been disposed
 */
export async function startWorkload(
  spec: WorkloadSpec,
  folder: WorkloadFolder,
  env: Readonly<Record<string, string>>,
  work: Work,
  around: ProcessSurroundings,
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
    if (code === 'ENOSPC' || code === 'EDQUOT') return failed({ code: 'disk-full', where: folder.path, detail: (error as Error).message });
    throw error;
  }
}

class WorkloadStart {
  readonly #inits: readonly ContainerPlace[];
  readonly #mains: readonly ContainerPlace[];
  readonly #containers = new Map<string, HostContainer>();
  #record: WorkloadRecord;
  #fifos = false;

  constructor(
    private readonly spec: WorkloadSpec,
    private readonly folder: WorkloadFolder,
    env: Readonly<Record<string, string>>,
    private readonly work: Work,
    private readonly around: ProcessSurroundings,
    private readonly removed: () => void,
  ) {
    const placed = (container: ContainerSpec) => new ContainerPlace(container, folder, env);
    this.#inits = (spec.initContainers ?? []).map(placed);
    this.#mains = spec.containers.map(placed);
    const workingDirectory = this.#mains[0]?.workingDirectory ?? folder.path;
    this.#record = { name: spec.name, labels: spec.labels, createdAt: around.clock.now(), processes: [], workingDirectory };
  }

  async run(): Promise<Outcome<Workload>> {
    const { spec, folder, work } = this;
    this.around.confirm?.();
    folder.create(this.#record, spec.volumes.map(({ name }) => name));
    work.output.observe({ type: 'workload.created', workload: spec.name, runtime: 'host' });
    const [fifos] = await allSettled(makeContainerFifos([...this.#inits, ...this.#mains]), this.#fill());
    this.#fifos = fifos;
    for (const place of this.#inits) {
      const refusal = (await this.#start(place, true)) ?? (await this.#initRefusal(place));
      if (work.signal.aborted) return cancelledBy(work.signal);
      if (refusal !== undefined) return failed({ code: 'start-failed', detail: refusal });
    }
    for (const place of this.#mains) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      const refusal = await this.#start(place, false);
      if (refusal !== undefined) return failed({ code: 'start-failed', detail: refusal });
    }
    work.output.observe({ type: 'workload.started', workload: spec.name });
    return succeeded(new HostWorkload(this.#ref(), folder, this.#containers, this.around, this.removed));
  }

  async undo(): Promise<void> {
    this.around.confirm?.();
    for (const container of this.#containers.values()) {
      await container.force();
      container.output.abandon();
    }
    await this.folder.remove();
  }

  async #fill(): Promise<void> {
    let bytes = 0;
    const counted = async function* (source: TarSource, signal: AbortSignal) {
      for await (const chunk of source.open(undefined, signal)) {
        bytes += chunk.length;
        yield chunk;
      }
    };
    for (const { name, content } of this.spec.volumes) {
      for (const layer of content) await extractTar(counted(layer, this.work.signal), this.folder.folderOf(name), this.work.signal);
    }
    if (bytes > 0) this.work.output.observe({ type: 'workspace.filled', bytes });
  }

  /** Why it could not be started. */
  async #start(place: ContainerPlace, unread: boolean): Promise<string | undefined> {
    this.around.confirm?.();
    const started = await startContainer(place, this.around, this.#fifos, unread);
    if ('refused' in started) return started.refused;
    const { container } = started;
    this.#containers.set(place.spec.name, container);
    this.#record = { ...this.#record, processes: [...this.#record.processes, { container: place.spec.name, identity: container.child.identity }] };
    this.folder.write(this.#record);
    return undefined;
  }

  /** Waits for an init container's end; what went wrong in it. */
  async #initRefusal(place: ContainerPlace): Promise<string | undefined> {
    const { name } = place.spec;
    const container = this.#containers.get(name);
    if (container === undefined) return undefined;
    const kill = () => void container.child.kill();
    this.work.signal.addEventListener('abort', kill);
    if (this.work.signal.aborted) kill();
    const { code } = await container.ended;
    await container.settled;
    this.work.signal.removeEventListener('abort', kill);
    return code === 0 ? undefined : `init container "${name}" ended with exit code ${code}: ${container.output.tail(500).trim() || 'it printed nothing'}`;
  }

  #ref(): WorkloadRef {
    const { name, labels } = this.spec;
    return { runtime: 'host', id: name, name, labels, state: 'running', createdAt: this.#record.createdAt };
  }
}

/** Both, also when the first fails: nothing goes on in a folder that is being removed. */
async function allSettled<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return await Promise.all([a, b]);
}
