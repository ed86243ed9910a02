import { cancelledOrFailed } from '../../error-outcome.ts';
import type {
  AppliedWorkload,
  ListedWorkload,
  LocalContainer,
  LocalPort,
  LocalWorkload,
} from '../../local-deployments.ts';
import { localLabels } from '../../local-deployments.ts';
import { cancelledBy, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import { orAborted } from '../../../util/abort.ts';
import { settlesWithin } from '../../../util/settles-within.ts';
import { engineName, holderName } from '../../local-container-names.ts';
import { StartRefused } from '../../start-refused.ts';
import { EngineError } from '../api/engine-error.ts';
import { engineDiskFull, startFailure } from '../api/engine-failure.ts';
import { ownLabels, timeOf, type ContainerRole, type EngineSession } from '../api/engine-session.ts';
import { answerLimit } from '../api/request-limits.ts';
import { retryLost } from '../api/retry-lost.ts';
import { inspectImage } from '../images/image-facts.ts';
import { pullImage } from '../images/pull-image.ts';
import { containerEnd, inspect, inspectAgain } from '../workload/container-end.ts';
import { unpackInContainer } from '../workload/container-files.ts';
import { removeContainers } from '../workload/remove-workload.ts';
import { containerBody, holderBody, volumeOptions, type NetworkPlace } from './container-bodies.ts';
import { lastLines } from './last-lines.ts';
import { listDeploy } from './list-workloads.ts';
import { networkName } from './local-network.ts';
import { holderProgram, type HolderProgram } from './holder/holder-program.ts';
import { awaitStartup } from './probe.ts';
import { removeWorkloads } from './remove-workloads.ts';
import { takenPort } from './taken-port.ts';
import { filesFor } from './volume-files.ts';
import { whyReplaced } from './why-replaced.ts';
import { allContainers, isMemory, ownVolumes, volumeName, wantsHolder } from './workload-layout.ts';

/** See `LocalDeployments.apply`. */
export async function applyWorkload(
  session: EngineSession,
  deploy: string,
  workload: LocalWorkload,
  existing: ListedWorkload | undefined,
  work: Work,
): Promise<Outcome<AppliedWorkload>> {
  if (work.signal.aborted) return cancelledBy(work.signal);
  using limit = answerLimit(session.clock, work.signal);
  try {
    return succeeded(await new WorkloadApply(session, deploy, workload, work, limit.signal).run(existing));
  } catch (error) {
    return cancelledOrFailed(error, work.signal, startFailure);
  }
}

interface Keeper {
  readonly id: string;
  readonly address: string | undefined;
}

/** The pauses between the tries of an init container that fails. */
const initPausesMs = [1_000, 2_000, 4_000];
/** How many ports may be taken, one after the other. */
const mostTries = 20;

class WorkloadApply {
  readonly #session: EngineSession;
  readonly #deploy: string;
  readonly #workload: LocalWorkload;
  readonly #work: Work;
  /** For requests that change something. Aborted some time after the work's own signal. */
  readonly #answered: AbortSignal;
  readonly #filled = new Set<string>();
  #keeper: Keeper | undefined;
  /** False once the engine has said that it cannot add an init process. */
  #hasInit = true;

  constructor(session: EngineSession, deploy: string, workload: LocalWorkload, work: Work, answered: AbortSignal) {
    this.#session = session;
    this.#deploy = deploy;
    this.#workload = workload;
    this.#work = work;
    this.#answered = answered;
  }

  async run(existing: ListedWorkload | undefined): Promise<AppliedWorkload> {
    const images = await this.#images();
    const because = existing && whyReplaced(existing, this.#workload, images);
    if (existing && because === undefined) return { change: 'unchanged', ports: existing.ports };
    if (existing) await removeWorkloads(this.#session, [existing], this.#answered);
    this.#work.signal.throwIfAborted();
    await this.#makeVolumes();
    const holder = wantsHolder(this.#workload) ? await this.#holder() : undefined;
    for (const container of this.#workload.initContainers) await this.#startInit(container);
    for (const [i, container] of this.#workload.containers.entries())
      await this.#start(container, i === 0 ? 'main' : 'side', true);
    if (!holder && this.#workload.forwards.length > 0) this.#warnOfForwards();
    const ports = await this.#boundPorts();
    return { change: existing ? 'changed' : 'created', ...(because && { because }), ports };
  }

  /** Pulls what is missing. Returns the id of each image. */
  async #images(): Promise<ReadonlyMap<string, string>> {
    const pulls = new Map<string, LocalContainer['pull']>();
    for (const { image, pull } of allContainers(this.#workload))
      if (pull === 'always' || !pulls.has(image)) pulls.set(image, pull);
    const found = await Promise.all(
      [...pulls].map(async ([image, pull]) => [image, await this.#image(image, pull)] as const),
    );
    return new Map(found);
  }

  async #image(image: string, pull: LocalContainer['pull']): Promise<string> {
    const { signal } = this.#work;
    const before = pull === 'always' ? undefined : await inspectImage(this.#session, image, signal);
    if (before !== undefined) return before.Id;
    if (pull === 'never')
      throw new StartRefused({
        code: 'image-unavailable',
        image,
        detail: 'the engine does not have the image, and `imagePullPolicy: Never` forbids pulling it',
      });
    try {
      await pullImage(this.#session.engine, image, this.#session.credentials, this.#work);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new StartRefused(engineDiskFull(error.said) ?? { code: 'image-unavailable', image, detail: error.said });
    }
    return (await inspectImage(this.#session, image, signal))?.Id ?? '';
  }

  async #makeVolumes(): Promise<void> {
    const { name } = this.#workload;
    const own = ownVolumes(this.#workload);
    const common = { [localLabels.deploy]: this.#deploy, [localLabels.lifetime]: 'kept' };
    await Promise.all(
      this.#workload.volumes.map(async (volume) => {
        if (volume.kind !== 'claim' && !own.includes(volume)) return;
        const labels =
          volume.kind === 'claim'
            ? { ...common, [localLabels.claim]: volume.claim }
            : { ...common, [ownLabels.workload]: name };
        const json = { Name: volumeName(this.#workload, volume), Labels: labels, ...volumeOptions(volume) };
        const made = await this.#makeVolume(json);
        const isOurs = Object.entries(labels).every(([label, value]) => made.Labels?.[label] === value);
        if (!isOurs) throw new StartRefused({ code: 'start-failed', detail: foreignVolume(json.Name, made) });
      }),
    );
  }

  /** Creating a volume that exists changes nothing: Docker returns it, Podman refuses. */
  async #makeVolume(json: { readonly Name: string | undefined }): Promise<MadeVolume> {
    return await this.#change(async (signal) => {
      try {
        return await this.#session.engine.json<MadeVolume>('POST', '/volumes/create', { json, signal });
      } catch (error) {
        if (!(error instanceof EngineError) || !/already exists/i.test(error.said)) throw error;
        return await this.#session.engine.json<MadeVolume>('GET', `/volumes/${json.Name ?? ''}`, { signal });
      }
    });
  }

  async #holder(): Promise<HolderProgram | undefined> {
    const first = this.#workload.containers[0] ?? this.#workload.initContainers[0];
    if (first === undefined) return undefined;
    const image = await inspectImage(this.#session, first.image, this.#work.signal);
    const program = holderProgram(image?.Architecture);
    if (program === undefined) return undefined;
    const memory = this.#workload.volumes.filter(isMemory).map(({ name }) => name);
    const mounts = allContainers(this.#workload)
      .flatMap((container) => container.mounts)
      .filter(({ volume }, i, all) => memory.includes(volume) && all.findIndex((each) => each.volume === volume) === i);
    const container = { ...first, name: holderName, mounts, probes: {} };
    const args = this.#workload.forwards.flatMap(({ listen, to }) => [String(listen), String(to)]);
    await this.#create(
      container,
      'holder',
      true,
      (request) => holderBody(request, program.path, args),
      async (id) => {
        await unpackInContainer(this.#session, id, program.tar(), '/', this.#answered);
      },
    );
    return program;
  }

  async #startInit(container: LocalContainer): Promise<void> {
    if (container.sidecar) {
      const id = await this.#start(container, 'sidecar', true);
      const { startup } = container.probes;
      if (startup === undefined) return;
      const detail = await awaitStartup(this.#session, id, startup, this.#work);
      if (detail !== undefined) throw await this.#initFailed(container, id, `its startup probe failed: ${detail}`);
      return;
    }
    const deadlineMs = this.#workload.initDeadlineSeconds * 1_000;
    const message = `waiting for the init container ${container.name} of ${this.#workload.name}`;
    this.#work.output.observe({ type: 'waiting', message });
    const id = await this.#start(container, 'init', this.#keeper !== undefined);
    for (let tries = 0; ; tries++) {
      const startedAt = timeOf((await inspectAgain(this.#session, id, this.#work.signal)).State.StartedAt);
      const end = containerEnd(this.#session, { id, ...(startedAt !== undefined && { startedAt }) });
      const ended = await settlesWithin(end, deadlineMs, this.#session.clock, this.#work.signal);
      this.#work.signal.throwIfAborted();
      if (!ended)
        throw await this.#initFailed(container, id, `did not end within ${this.#workload.initDeadlineSeconds} s`);
      const exit = await end;
      if ('failure' in exit) throw new StartRefused(exit.failure);
      if (exit.code === 0) return;
      const pause = this.#workload.restart.policy === 'never' ? undefined : initPausesMs[tries];
      if (pause === undefined) throw await this.#initFailed(container, id, `exited with code ${exit.code}`);
      await this.#session.clock.sleep(pause, this.#work.signal);
      await this.#begin(id);
    }
  }

  async #initFailed(container: LocalContainer, id: string, how: string): Promise<StartRefused> {
    const lines = await lastLines(this.#session, id, this.#work.signal);
    const { name } = container;
    return new StartRefused({ code: 'container-failed', container: name, part: 'init', how, detail: lines.join('\n') });
  }

  /** @param keeps whether the container may be the one whose network the later ones share */
  async #start(container: LocalContainer, role: ContainerRole, keeps: boolean): Promise<string> {
    // Docker refuses files for a container with a read-only root, even for its volumes.
    if (container.readOnlyRoot && this.#session.flavor === 'docker') await this.#fillBefore(container);
    return await this.#create(
      container,
      role,
      keeps,
      (request) => containerBody({ ...request, init: this.#hasInit }),
      async (id, filled) => await this.#fill(id, container, filled),
    );
  }

  async #fill(id: string, container: LocalContainer, filled: Set<string>): Promise<void> {
    for (const files of filesFor(this.#workload, container, filled, this.#session.flavor))
      await unpackInContainer(this.#session, id, files.tar(), files.directory, this.#answered);
  }

  /** Fills the volumes of a container through another one, which is never started. */
  async #fillBefore(container: LocalContainer): Promise<void> {
    if (filesFor(this.#workload, container, new Set(this.#filled), this.#session.flavor).length === 0) return;
    const body = containerBody({
      deploy: this.#deploy,
      workload: this.#workload,
      container: { ...container, readOnlyRoot: false },
      role: 'init',
      place: { kind: 'own', network: networkName(this.#deploy), named: false },
      ports: [],
      keeps: false,
      flavor: this.#session.flavor,
      init: false,
    });
    const id = await this.#make(`${engineName(this.#workload, container.name)}.files`, container, () => body);
    await this.#fill(id, container, this.#filled);
    await removeContainers(this.#session, [id], this.#answered);
  }

  /** Creates, fills and starts a container. Takes other ports of the machine if the wanted ones are not free. */
  async #create(
    container: LocalContainer,
    role: ContainerRole,
    keeps: boolean,
    bodyOf: (request: Omit<Parameters<typeof containerBody>[0], 'init'>) => object,
    fill: (id: string, filled: Set<string>) => Promise<void>,
  ): Promise<string> {
    const place = this.#place(keeps);
    const leads = place.kind === 'own' && place.named;
    let ports: readonly LocalPort[] = leads ? this.#workload.ports : [];
    for (let tries = 0; ; tries++) {
      this.#work.signal.throwIfAborted();
      const filled = new Set(this.#filled);
      const request = {
        deploy: this.#deploy,
        workload: this.#workload,
        container,
        role,
        place,
        ports,
        keeps: leads && wantsHolder(this.#workload),
        ...(this.#keeper?.address !== undefined && { address: this.#keeper.address }),
        flavor: this.#session.flavor,
      };
      const id = await this.#make(engineName(this.#workload, container.name), container, () => bodyOf(request));
      try {
        await fill(id, filled);
        this.#work.signal.throwIfAborted();
        await this.#begin(id);
        if (leads && this.#keeper === undefined) this.#keeper = { id, address: await this.#addressOf(id) };
        for (const name of filled) this.#filled.add(name);
        return id;
      } catch (error) {
        const free = error instanceof EngineError && tries < mostTries ? withoutTaken(ports, error.said) : undefined;
        if (free === undefined) throw error;
        ports = free;
        await removeContainers(this.#session, [id], this.#answered);
      }
    }
  }

  #place(keeps: boolean): NetworkPlace {
    if (this.#workload.network === 'engine') return { kind: 'engine' };
    if (this.#keeper !== undefined) return { kind: 'shared', keeper: this.#keeper.id };
    return { kind: 'own', network: networkName(this.#deploy), named: keeps };
  }

  /** Only a container that others share the network with has to be asked. */
  async #addressOf(id: string): Promise<string | undefined> {
    if (!wantsHolder(this.#workload)) return undefined;
    const { NetworkSettings: settings } = await inspect(this.#session, id);
    return settings?.Networks?.[networkName(this.#deploy)]?.IPAddress;
  }

  /** Creates a container. One that a killed deploy left under this name is removed first. */
  async #make(name: string, container: LocalContainer, bodyOf: () => object): Promise<string> {
    for (let tries = 0; ; tries++) {
      const query = { name };
      try {
        const created = await this.#change(
          async (signal) =>
            await this.#session.engine.json<{ Id: string }>('POST', '/containers/create', {
              query,
              json: bodyOf(),
              signal,
            }),
        );
        return created.Id;
      } catch (error) {
        if (!(error instanceof EngineError) || tries > 2) throw error;
        if (this.#hasInit && /container-init binary|catatonit|docker-init/i.test(error.said)) this.#hasInit = false;
        else if (error.status === 409 || /name .* is (?:already )?in use/i.test(error.said)) await this.#clear(name);
        else if (/no such image|image not known/i.test(error.said))
          throw new StartRefused({ code: 'image-unavailable', image: container.image, detail: error.said });
        else throw error;
      }
    }
  }

  async #clear(name: string): Promise<void> {
    const { Id: id, Config: config } = await inspect(this.#session, name);
    if (config.Labels?.[localLabels.deploy] !== this.#deploy)
      throw new StartRefused({
        code: 'start-failed',
        detail: `another container is named ${name}: remove or rename it`,
      });
    await removeContainers(this.#session, [id], this.#answered);
  }

  async #begin(id: string): Promise<void> {
    // Starting a running container changes nothing.
    await this.#change(async (signal) => {
      await this.#session.engine.json('POST', `/containers/${id}/start`, { signal });
    });
  }

  async #boundPorts(): Promise<AppliedWorkload['ports']> {
    if (this.#workload.ports.length === 0) return [];
    const { workloads } = await orAborted(listDeploy(this.#session, this.#deploy), this.#work.signal);
    return workloads.find(({ name }) => name === this.#workload.name)?.ports ?? [];
  }

  async #change<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return await retryLost(this.#session.clock, async () => await send(this.#answered), this.#work.signal);
  }

  #warnOfForwards(): void {
    const ports = this.#workload.forwards.map(({ listen, to }) => `${listen} (use ${to})`).join(', ');
    this.#work.output.observe({
      type: 'noted',
      level: 'warning',
      message: `${this.#workload.name}: nothing can forward these ports of its Services on this engine: ${ports}`,
    });
  }
}

/** Returns the ports without the one that the engine could not open, `undefined` if the error is another one. */
function withoutTaken(ports: readonly LocalPort[], said: string): readonly LocalPort[] | undefined {
  const taken = takenPort(said);
  if (taken === undefined || !ports.some(({ wanted }) => wanted !== undefined)) return undefined;
  const isNamed = ports.some(({ wanted }) => wanted === taken.port);
  return ports.map((port) => {
    const { wanted, ...rest } = port;
    return wanted !== undefined && (!isNamed || wanted === taken.port) ? rest : port;
  });
}

/** A volume, made now or before. */
interface MadeVolume {
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** Its data may be anybody's, so it is never used. */
function foreignVolume(name: string | undefined, { Labels: labels }: MadeVolume): string {
  const deploy = labels?.[localLabels.deploy];
  const whose = deploy === undefined ? 'no deploy of Slipway made it' : `it belongs to the deploy ${deploy}`;
  return `a volume ${name ?? ''} exists, and ${whose}: rename the claim, or remove the volume`;
}
