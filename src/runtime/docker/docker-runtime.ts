import type { ConfirmOwner } from '../../model/ownership.ts';
import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { cancelledOrFailed } from '../error-outcome.ts';
import type { ImageBuilder } from '../image-builder.ts';
import type { LocalDeployments } from '../local-deployments.ts';
import type { RunningContainers } from '../running-container.ts';
import { refusedBy } from '../runtime-refused.ts';
import type { Labels, Runtime, Workload, WorkloadRef, WorkloadSpec } from '../runtime.ts';
import { inspect, restartOf } from './workload/container-end.ts';
import { DockerWorkload } from './workload/docker-workload.ts';
import { lossFailure } from './api/engine-failure.ts';
import { environmentOf } from './api/engine-address.ts';
import { ownLabels, timeOf, type EngineSession } from './api/engine-session.ts';
import { removeWorkload } from './workload/remove-workload.ts';
import { listContainers, listVolumes } from './api/engine-lists.ts';
import { startWorkload } from './workload/start-workload.ts';

/** The fields of an entry of `/containers/json` that are used. */
interface ListedContainer {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly State: string;
  /** Seconds since 1970. */
  readonly Created: number;
}

interface ListedVolume {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** Runs workloads on Docker or Podman over the Docker API. */
export class DockerRuntime implements Runtime {
  readonly kind = 'docker';
  readonly images: ImageBuilder;
  readonly running: RunningContainers;
  readonly deployments: LocalDeployments;
  readonly #session: EngineSession;

  constructor(
    session: EngineSession,
    readonly engine: string,
  ) {
    this.#session = session;
    this.images = imageBuilder(session);
    this.running = runningContainers(session);
    this.deployments = localDeployments(session);
  }

  async start(spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>> {
    return await startWorkload(this.#session, spec, work);
  }

  async *find(labels: Labels, signal: AbortSignal): AsyncGenerator<WorkloadRef, void, undefined> {
    const filters = { label: [...Object.entries(labels).map(([key, value]) => `${key}=${value}`), ownLabels.workload] };
    const listed = Promise.all([
      listContainers<ListedContainer>(this.#session, filters, signal),
      listVolumes<ListedVolume>(this.#session, filters, signal),
    ]);
    const [containers, volumes] = await listed.catch((error: unknown) => {
      throw refusedBy(error, lossFailure);
    });
    // Podman returns volumes that have one of the labels, not all: those of other stores too.
    const isOurs = ({ Labels: own }: { readonly Labels?: Labels | null }) =>
      Object.entries(labels).every(([key, value]) => own?.[key] === value);
    yield* workloadsOf(containers.filter(isOurs), volumes.filter(isOurs));
  }

  async adopt(ref: WorkloadRef, work: Work): Promise<Outcome<Workload>> {
    try {
      return await this.#adopt(ref, work);
    } catch (error) {
      return cancelledOrFailed(error, work.signal, lossFailure);
    }
  }

  async remove(ref: WorkloadRef, graceMs: number): Promise<void> {
    try {
      const containers = await this.#containersOf(ref.name);
      const running = containers.filter(({ State: state }) => state === 'running');
      if (graceMs > 0 && running.length > 0) await this.#workload(ref, running, containers).stop(graceMs);
      await removeWorkload(this.#session, ref.name);
    } catch (error) {
      throw refusedBy(error, lossFailure);
    }
  }

  whileOwned(confirm: ConfirmOwner): DockerRuntime {
    const { engine, bare } = this.#session;
    return new DockerRuntime(
      { ...this.#session, engine: engine.whileOwned(confirm), bare: bare.whileOwned(confirm) },
      this.engine,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.engine.close();
  }

  async #adopt(ref: WorkloadRef, work: Work): Promise<Outcome<Workload>> {
    const containers = await this.#containersOf(ref.name, work.signal);
    const main = containers.find((container) => container.Labels?.[ownLabels.role] === 'main');
    if (containers.length === 0) return failed(gone(ref));
    if (!main || main.State === 'created' || main.State === 'initialized' || main.State === 'configured') {
      await removeWorkload(this.#session, ref.name);
      return failed({ code: 'start-failed', detail: 'the container was created, but its command never started' });
    }
    const { State: state } = await inspect(this.#session, main.Id);
    const restarted = restartOf(state, ref.startedAt);
    if (restarted !== undefined) return failed(restarted);
    const startedAt = timeOf(state.StartedAt);
    const found = { ...ref, id: main.Id, state: stateOf(main.State), ...(startedAt !== undefined && { startedAt }) };
    const workload = this.#workload(found, containers.filter(isLasting), containers);
    return succeeded(workload);
  }

  #workload(ref: WorkloadRef, containers: readonly ListedContainer[], all: readonly ListedContainer[]): DockerWorkload {
    const started = containers.map((container) => ({
      name: container.Labels?.[ownLabels.container] ?? container.Id,
      id: container.Id,
      ...(isMain(container) && ref.startedAt !== undefined && { startedAt: ref.startedAt }),
    }));
    return new DockerWorkload(this.#session, ref, started, {
      containers: all.map(({ Id }) => Id),
      volumes: [],
      workload: ref.name,
    });
  }

  async #containersOf(workload: string, signal?: AbortSignal): Promise<ListedContainer[]> {
    return await listContainers(this.#session, { label: [`${ownLabels.workload}=${workload}`] }, signal);
  }
}

function isLasting(container: ListedContainer): boolean {
  const role = container.Labels?.[ownLabels.role];
  return role === 'main' || role === 'side';
}

/**
 * Returns one entry for each workload, whatever is left of it. Volumes alone are left by a start that was killed early.
 */
function workloadsOf(containers: readonly ListedContainer[], volumes: readonly ListedVolume[]): WorkloadRef[] {
  const refs = new Map<string, WorkloadRef>();
  const byRole = [...containers].sort((a, b) => Number(isMain(b)) - Number(isMain(a)));
  for (const container of byRole) {
    const name = container.Labels?.[ownLabels.workload] ?? '';
    if (refs.has(name)) continue;
    const state = isMain(container) ? stateOf(container.State) : 'created';
    refs.set(name, {
      runtime: 'docker',
      id: container.Id,
      name,
      labels: specLabels(container.Labels),
      state,
      createdAt: container.Created * 1_000,
    });
  }
  for (const volume of volumes) {
    const name = volume.Labels?.[ownLabels.workload] ?? '';
    if (!refs.has(name))
      refs.set(name, { runtime: 'docker', id: volume.Name, name, labels: specLabels(volume.Labels), state: 'created' });
  }
  return [...refs.values()];
}

function isMain(container: ListedContainer): boolean {
  return container.Labels?.[ownLabels.role] === 'main';
}

function stateOf(state: string): WorkloadRef['state'] {
  switch (state) {
    case 'running':
    case 'paused':
    case 'restarting':
      return 'running';
    case 'created':
    case 'configured':
    case 'initialized':
      return 'created';
    default:
      return 'exited';
  }
}

function specLabels(labels: Readonly<Record<string, string>> | null): Labels {
  const own = new Set<string>(Object.values(ownLabels));
  return Object.fromEntries(
    Object.entries(labels ?? {}).filter(([key]) => !own.has(key) && key.startsWith('slipway.dev/')),
  );
}

function gone(ref: WorkloadRef): Failure {
  return { code: 'workload-deleted', detail: `workload ${ref.name} no longer exists` };
}

/** Loads the builder with the first build: most runs build no image, and HTTP/2 alone takes 5 ms to load. */
function imageBuilder(session: EngineSession): ImageBuilder {
  const load = async () => new (await import('./build/docker-image-builder.ts')).DockerImageBuilder(session);
  return {
    build: async (...request) => await (await load()).build(...request),
    push: async (...request) => await (await load()).push(...request),
    find: async (...request) => await (await load()).find(...request),
    tag: async (...request) => await (await load()).tag(...request),
    pull: async (...request) => await (await load()).pull(...request),
    load: async (...request) => await (await load()).load(...request),
    open: async (...request) => await (await load()).open(...request),
    ...environmentOf(session.address),
  };
}

/** Loads the watch of containers on first use. */
function runningContainers(session: EngineSession): RunningContainers {
  return {
    async *watch(selector, signal) {
      const { DockerRunningContainers } = await import('./running/docker-running-containers.ts');
      yield* new DockerRunningContainers(session).watch(selector, signal);
    },
  };
}

/** Loads deploys on first use. */
function localDeployments(session: EngineSession): LocalDeployments {
  const load = async () => new (await import('./deployments/docker-deployments.ts')).DockerDeployments(session);
  return {
    list: async (...request) => await (await load()).list(...request),
    prepare: async (...request) => await (await load()).prepare(...request),
    apply: async (...request) => await (await load()).apply(...request),
    remove: async (...request) => await (await load()).remove(...request),
    removeUnused: async (...request) => await (await load()).removeUnused(...request),
    removeAll: async (...request) => await (await load()).removeAll(...request),
    probe: async (...request) => await (await load()).probe(...request),
    lastLines: async (...request) => await (await load()).lastLines(...request),
    stop: async (...request) => await (await load()).stop(...request),
  };
}
