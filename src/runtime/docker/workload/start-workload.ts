import type { Duplex } from 'node:stream';
import { cancelledBy, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import { cancelledOrFailed } from '../../error-outcome.ts';
import type { ContainerSpec, Workload, WorkloadSpec } from '../../runtime.ts';
import { containerEnd, inspect, inspectAgain } from './container-end.ts';
import { FirstEnd } from './first-end.ts';
import { retryLost } from '../api/retry-lost.ts';
import { answerLimit, undoLimit } from '../api/request-limits.ts';
import { containerName, containerRequest } from './container-request.ts';
import { DockerWorkload, type StartedContainer } from './docker-workload.ts';
import { EngineError, EngineLost, isNotFound } from '../api/engine-error.ts';
import { StartRefused } from '../../start-refused.ts';
import { engineDiskFull, startFailure } from '../api/engine-failure.ts';
import { ownLabels, timeOf, type ContainerRole, type EngineSession } from '../api/engine-session.ts';
import { inspectImage, missingFolders, ownerOf, type InspectedImage } from '../images/image-facts.ts';
import { LiveOutput } from './live-output.ts';
import { pullImage } from '../images/pull-image.ts';
import { removeContainers, removeVolume, removeWorkload } from './remove-workload.ts';
import { exactCounter, JsonFileCounter } from './stored-length.ts';
import { archiveOf, type PlacedTree } from './volume-archive.ts';
import { engineVolume, planVolumes, type VolumePlan } from '../images/volume-plan.ts';
import { orAborted } from '../../../util/abort.ts';
import { warned } from '../../../model/warning.ts';

/** How long to look for a container whose creation got no response. */
const comesWithinMs = [100, 400, 1_500];
/** The pauses between creations while the name is taken. */
const nameTakenMs = [50, 200, 1_000, 4_000];

/** Starts a workload; see `Runtime.start`. */
export async function startWorkload(
  session: EngineSession,
  spec: WorkloadSpec,
  work: Work,
): Promise<Outcome<Workload>> {
  if (work.signal.aborted) return cancelledBy(work.signal);
  using limit = answerLimit(session.clock, work.signal);
  const start = new WorkloadStart(session, spec, work, limit.signal);
  try {
    return succeeded(await start.run());
  } catch (error) {
    await start.undo();
    return cancelledOrFailed(error, work.signal, startFailure);
  }
}

interface MadeContainer {
  readonly container: ContainerSpec;
  readonly role: ContainerRole;
  readonly id: string;
  readonly image: InspectedImage;
}

/** One start, step by step, with what it has created so far. */
class WorkloadStart {
  readonly #plan: VolumePlan;
  readonly #containers: string[] = [];
  readonly #volumes: string[] = [];
  readonly #connections: (LiveOutput | FirstEnd)[] = [];
  readonly #filled = new Set<string>();
  /** Set if it is unknown whether the engine created a container. */
  #unanswered = false;
  readonly #session: EngineSession;
  readonly #spec: WorkloadSpec;
  readonly #work: Work;
  /** For requests that change something. Aborted some time after the work's own signal. */
  readonly #answered: AbortSignal;

  constructor(session: EngineSession, spec: WorkloadSpec, work: Work, answered: AbortSignal) {
    this.#session = session;
    this.#spec = spec;
    this.#work = work;
    this.#answered = answered;
    this.#plan = planVolumes(spec);
  }

  async run(): Promise<Workload> {
    if (this.#spec.pull === 'always')
      for (const image of new Set(this.#all().map((container) => container.image))) await this.#pull(image);
    for (const volume of this.#plan.shared) await this.#makeVolume(volume.name);
    for (const container of this.#spec.initContainers ?? []) await this.#runInit(container);
    const started: StartedContainer[] = [];
    for (const [i, container] of this.#spec.containers.entries()) {
      const made = await this.#make(container, i === 0 ? 'main' : 'side', started[0]?.id);
      if (i === 0)
        this.#work.output.observe({ type: 'workload.created', workload: this.#spec.name, runtime: 'docker' });
      started.push(await this.#start(made));
    }
    const startedAt = started[0]?.startedAt;
    const began = startedAt === undefined ? {} : { startedAt };
    this.#work.output.observe({ type: 'workload.started', workload: this.#spec.name, ...began });
    const ref = {
      runtime: 'docker',
      id: started[0]?.id ?? '',
      name: this.#spec.name,
      labels: this.#spec.labels,
      state: 'running' as const,
      ...began,
    };
    return new DockerWorkload(this.#session, ref, started, { containers: this.#containers, volumes: this.#volumes });
  }

  /** Removes everything created. If the engine is gone, reports what is left; it can be found by its labels. */
  async undo(): Promise<void> {
    for (const connection of this.#connections) connection.release();
    using limit = undoLimit(this.#session.clock);
    try {
      if (this.#unanswered) await this.#removeByName(limit.signal);
      await removeContainers(this.#session, this.#containers, limit.signal);
      for (const volume of this.#volumes) await removeVolume(this.#session, volume, limit.signal);
    } catch (error) {
      if (!(error instanceof EngineError) && !(error instanceof EngineLost)) throw error;
      this.#work.output.observe({ type: 'workload.left', workload: this.#spec.name, detail: error.message });
    }
  }

  /** Removes by name: a container whose creation got no response may appear a moment later. */
  async #removeByName(signal: AbortSignal): Promise<void> {
    const session = this.#session;
    const spec = this.#spec;
    for (const pause of comesWithinMs) {
      const remove = async () => await removeWorkload(session, spec.name, signal);
      if ((await retryLost(session.clock, remove, signal)) > 0) return;
      await session.clock.sleep(pause, signal);
    }
    throw new EngineLost('the engine did not confirm whether it created the container');
  }

  #all(): readonly ContainerSpec[] {
    return [...(this.#spec.initContainers ?? []), ...this.#spec.containers];
  }

  async #pull(image: string): Promise<void> {
    try {
      await pullImage(this.#session.engine, image, this.#session.credentials, this.#work);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new StartRefused(engineDiskFull(error.said) ?? { code: 'image-unavailable', image, detail: error.said });
    }
  }

  async #makeVolume(name: string): Promise<void> {
    const volume = engineVolume(this.#spec.name, name);
    this.#volumes.push(volume);
    const json = { Name: volume, Labels: { ...this.#spec.labels, [ownLabels.workload]: this.#spec.name } };
    // Creating a volume is idempotent.
    await this.#change(async (signal) => await this.#session.engine.json('POST', '/volumes/create', { json, signal }));
  }

  async #runInit(container: ContainerSpec): Promise<void> {
    const made = await this.#make(container, 'init', undefined);
    const started = await this.#start(made);
    const exit = await orAborted(containerEnd(this.#session, started), this.#work.signal);
    if ('code' in exit && exit.code === 0) return;
    throw new StartRefused(
      'code' in exit
        ? { code: 'start-failed', detail: `the init container ${container.name} ended with exit code ${exit.code}` }
        : exit.failure,
    );
  }

  /** Creates a container with the files of its volumes. */
  async #make(container: ContainerSpec, role: ContainerRole, network: string | undefined): Promise<MadeContainer> {
    // Await both, also if one fails: `undo` must know every created container.
    const [created, inspected] = await Promise.allSettled([
      this.#create(container, role, network, true),
      inspectImage(this.#session, container.image),
    ]);
    if (created.status === 'rejected') throw created.reason;
    if (inspected.status === 'rejected') throw inspected.reason;
    const id = created.value;
    // The image may have been pulled meanwhile, so inspect it again.
    const image = inspected.value ?? (await inspectImage(this.#session, container.image)) ?? { Id: id, Config: null };
    const made = { container, role, id, image };
    this.#work.signal.throwIfAborted();
    return made;
  }

  async #create(
    container: ContainerSpec,
    role: ContainerRole,
    network: string | undefined,
    init: boolean,
    tries = 0,
  ): Promise<string> {
    const request = {
      spec: this.#spec,
      container,
      role,
      flavor: this.#session.flavor,
      init,
      ...(network !== undefined && { network }),
    };
    const name = containerName(request);
    try {
      // After a lost response, a retry fails because the name is taken.
      const id = await this.#change(async (signal) => await this.#askFor(name, containerRequest(request), signal));
      this.#containers.push(id);
      return id;
    } catch (error) {
      const pause = nameTakenMs[tries];
      if (!(error instanceof EngineError) || pause === undefined) throw error;
      if (isNoImageName(error))
        throw new StartRefused({ code: 'image-unavailable', image: container.image, detail: error.said });
      if (isNameTaken(error)) await this.#clear(name, pause);
      else if (isImageMissing(error)) {
        if (this.#spec.pull !== 'missing' || tries > 0)
          throw new StartRefused({
            code: 'image-unavailable',
            image: container.image,
            detail: this.#missingDetail(error),
            ...(this.#spec.pull === 'never' && { notPulled: true }),
          });
        await this.#pull(container.image);
      } else if (init && isInitMissing(error)) {
        this.#work.output.observe(
          warned(
            'W089',
            `the engine cannot add an init process to containers (${error.said}): a shell as the first process ignores SIGTERM`,
          ),
        );
        return await this.#create(container, role, network, false, tries + 1);
      } else throw error;
      return await this.#create(container, role, network, init, tries + 1);
    }
  }

  async #askFor(name: string, json: object, signal: AbortSignal): Promise<string> {
    try {
      const { Id } = await this.#session.engine.json<{ Id: string }>('POST', '/containers/create', {
        query: { name },
        json,
        signal,
      });
      this.#unanswered = false;
      return Id;
    } catch (error) {
      this.#unanswered ||= error instanceof EngineLost && !error.unsent;
      throw error;
    }
  }

  #missingDetail(error: EngineError): string {
    return this.#spec.pull === 'never'
      ? 'the engine does not have the image, and --pull never forbids pulling it'
      : error.said;
  }

  /**
   * Frees the name: removes what an earlier start left, but does not touch a running container.
   * @param pauseMs the pause if no container has that name: the engine is still creating one
   */
  async #clear(name: string, pauseMs: number): Promise<void> {
    try {
      const taken = await inspect(this.#session, name);
      const owner = taken.Config.Labels?.[ownLabels.workload];
      if (taken.State.Running || owner !== this.#spec.name)
        throw new StartRefused({
          code: 'internal',
          name: 'NameTaken',
          message: `a container named ${name} ${owner === this.#spec.name ? 'is already running' : 'exists but belongs to another run'}`,
        });
    } catch (error) {
      if (isNotFound(error)) return await this.#session.clock.sleep(pauseMs, this.#work.signal);
      throw error;
    }
    // This start's volumes are removed too, but they are still empty.
    await removeWorkload(this.#session, this.#spec.name);
    this.#containers.length = 0;
    for (const volume of this.#plan.shared) await this.#makeVolume(volume.name);
  }

  /**
   * Sends a request that changes something. Retries if the response is lost, and awaits the response even if the work
   * is cancelled.
   */
  async #change<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return await retryLost(this.#session.clock, async () => await send(this.#answered), this.#work.signal);
  }

  /** Fills, attaches and starts a container, in the order that the engine needs. */
  async #start(made: MadeContainer): Promise<StartedContainer> {
    const { signal } = this.#work;
    const { id, container } = made;
    const docker = this.#session.flavor === 'docker';
    // Podman's attach already sets up the container, so its working directory and command must exist.
    const filled = this.#fill(made);
    const attached = docker ? this.#attach(id) : filled.then(async () => await this.#attach(id));
    const waiting = docker ? this.#awaitFirstEnd(id) : undefined;
    // Await all, also if one fails: nothing may run on during `undo`.
    const [filling, attaching, awaiting] = await Promise.allSettled([filled, attached, waiting]);
    if (filling.status === 'rejected') throw filling.reason;
    if (attaching.status === 'rejected') throw attaching.reason;
    if (awaiting.status === 'rejected') throw awaiting.reason;
    signal.throwIfAborted();
    const startedAt = await this.#begin(id);
    signal.throwIfAborted();
    return {
      name: container.name,
      id,
      live: attaching.value,
      ...(startedAt !== undefined && { startedAt }),
      ...(awaiting.value && { firstEnd: awaiting.value }),
    };
  }

  /**
   * Starts the container's process and returns its start time by the engine's clock. Does not simply retry after a lost
   * response: a process that has ended by then would run twice.
   */
  async #begin(id: string): Promise<number | undefined> {
    const look = async () => timeOf((await inspectAgain(this.#session, id, this.#work.signal)).State.StartedAt);
    for (let tries = 0; ; tries++) {
      try {
        await this.#session.engine.json('POST', `/containers/${id}/start`, { once: true, signal: this.#answered });
        return await look();
      } catch (error) {
        if (!(error instanceof EngineLost)) throw error;
        const startedAt = await look();
        if (startedAt !== undefined) return startedAt;
        if (tries > 0) throw error;
      }
    }
  }

  async #awaitFirstEnd(id: string): Promise<FirstEnd> {
    const firstEnd = await FirstEnd.of(this.#session, id, this.#answered);
    this.#connections.push(firstEnd);
    return firstEnd;
  }

  async #attach(id: string): Promise<LiveOutput> {
    const query = { stream: 1, stdout: 1, stderr: 1 };
    const call = { query, signal: this.#answered };
    const connection: Duplex = await this.#session.engine.hijack(`/containers/${id}/attach`, call);
    const live = new LiveOutput(connection, () =>
      this.#session.flavor === 'podman' ? exactCounter : new JsonFileCounter(),
    );
    this.#connections.push(live);
    return live;
  }

  async #fill(made: MadeContainer): Promise<void> {
    const own = this.#plan.own(made.container);
    const shared = this.#plan.shared.filter(
      (volume) => !this.#filled.has(volume.name) && made.container.mounts.some((mount) => mount.volume === volume.name),
    );
    if (own.length === 0 && shared.length === 0) return;
    const owner = await ownerOf(this.#session, made.image, made.id);
    if (own.length > 0) {
      const missing = await missingFolders(
        this.#session,
        made.image,
        made.id,
        own.map(({ path }) => path),
      );
      await this.#put(
        made.id,
        '/',
        own.map(({ volume, path }) => ({ path, content: volume.content })),
        missing,
        owner,
      );
    }
    for (const volume of shared) {
      const path = made.container.mounts.find((mount) => mount.volume === volume.name)?.path ?? '/';
      await this.#put(made.id, path, [{ path: '/', content: volume.content }], [], owner);
      this.#filled.add(volume.name);
    }
  }

  async #put(
    id: string,
    path: string,
    trees: readonly PlacedTree[],
    missing: readonly string[],
    owner: { uid: number; gid: number },
  ): Promise<void> {
    const { signal } = this.#work;
    let bytes = 0;
    const counted = async function* (tar: AsyncIterable<Uint8Array>) {
      for await (const part of tar) {
        bytes += part.length;
        yield part;
      }
    };
    await this.#session.engine.json('PUT', `/containers/${id}/archive`, {
      query: { path },
      tar: counted(archiveOf(trees, missing, owner, signal)),
      signal,
      deadlineMs: 'never',
    });
    if (trees.some((tree) => tree.content.length > 0)) this.#work.output.observe({ type: 'workspace.filled', bytes });
  }
}

function isNameTaken(error: EngineError): boolean {
  return error.status === 409 || (error.status === 500 && /name .* is (already )?in use/i.test(error.said));
}

function isImageMissing(error: EngineError): boolean {
  return (
    (error.status === 404 && !/container|network|volume/i.test(error.said.replace(/localhost\/\S+/g, ''))) ||
    /no such image|image not known|not found in local storage/i.test(error.said)
  );
}

function isNoImageName(error: EngineError): boolean {
  return /invalid reference format/i.test(error.said);
}

function isInitMissing(error: EngineError): boolean {
  return /container-init binary|catatonit|docker-init/i.test(error.said);
}
