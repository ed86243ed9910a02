/**
 * A runtime in memory, for tests and for `bench/`. A script decides what each container does. It fulfils the contract,
 * and throws where real engines are lenient: a name that is not a DNS label, a mount without a volume, use after
 * disposal.
 */
import type { ConfirmOwner } from '../../model/ownership.ts';
import type { Clock } from '../../model/clock.ts';
import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { isDnsLabel } from '../../util/kubernetes-names.ts';
import type { ImageBuilder } from '../image-builder.ts';
import type { ContainerSpec, Labels, Runtime, Workload, WorkloadRef, WorkloadSpec } from '../runtime.ts';
import type { RunningContainers } from '../running-container.ts';
import { RuntimeRefused } from '../runtime-refused.ts';
import type { FakeScript } from './behaviour.ts';
import { FakeContainer } from './fake-container.ts';
import { FakeEngine, engineLost, stateOf, type FakeRecord } from './fake-engine.ts';
import { FakeRunningContainers } from './fake-running-containers.ts';
import { FakeTree } from './fake-tree.ts';
import { FakeWorkload } from './fake-workload.ts';
import { interpreting } from './interpret.ts';

export interface FakeSettings {
  /** Default: `fake`. Tests of several places need several kinds. */
  readonly kind?: string;
  readonly clock: Clock;
  /** Default: `interpreting`. */
  readonly script?: FakeScript;
  /** Default: a new engine. */
  readonly engine?: FakeEngine;
  /** Default: every image exists. */
  readonly hasImage?: (image: string) => boolean;
  /**
   * `whenUsed`: reads volumes when a program or `copyOut` uses them. Thousands of workloads are cheap then, and a
   * broken source is detected only then. Default: `beforeStart`, as the contract requires.
   */
  readonly fill?: 'beforeStart' | 'whenUsed';
  /** Default: images cannot be built. */
  readonly images?: ImageBuilder;
  /** See `Runtime.whileOwned`. */
  readonly confirm?: ConfirmOwner;
}

export function fakeRuntime(settings: FakeSettings): FakeRuntime {
  return new FakeRuntime(settings);
}

export class FakeRuntime implements Runtime {
  readonly kind: string;
  readonly engine = 'fake';
  /** Shared with other runtimes of the same engine. `engine` is the text for display. */
  readonly state: FakeEngine;
  readonly images?: ImageBuilder;
  readonly running: RunningContainers;
  readonly #script: FakeScript;
  readonly #settings: FakeSettings;

  constructor(settings: FakeSettings) {
    this.#settings = settings;
    this.kind = settings.kind ?? 'fake';
    if (settings.images !== undefined) this.images = settings.images;
    this.state = settings.engine ?? new FakeEngine();
    this.#script = settings.script ?? interpreting;
    this.running = new FakeRunningContainers(this.state, settings.confirm);
  }

  async start(spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>> {
    checkSpec(spec);
    if (work.signal.aborted) return cancelledBy(work.signal);
    this.#settings.confirm?.();
    const refusal = this.#refusal(spec);
    if (refusal !== undefined) return this.#failed(refusal);
    const record = this.#make(spec);
    work.output.observe({ type: 'workload.created', workload: spec.name, runtime: this.kind });
    try {
      if (this.#settings.fill !== 'whenUsed') for (const tree of record.volumes.values()) await tree.fill(work.signal);
      this.#settings.confirm?.();
      const failure = (await this.#runInits(record)) ?? this.#begin(record);
      if (failure !== undefined) this.state.remove(record);
      if (work.signal.aborted) return this.#undone(record, work);
      if (failure !== undefined) return this.#failed(failure);
    } catch (error) {
      this.#settings.confirm?.();
      const undone = this.#undone(record, work);
      if (work.signal.aborted) return undone;
      throw error;
    }
    this.state.counts.started++;
    this.state.changed();
    work.output.observe({ type: 'workload.started', workload: spec.name, ...startOf(record) });
    return succeeded(
      new FakeWorkload({ ...this.#ref(record), ...startOf(record) }, record, this.state, this.#settings),
    );
  }

  async *find(labels: Labels, signal: AbortSignal): AsyncGenerator<WorkloadRef, void, undefined> {
    signal.throwIfAborted();
    this.#answers();
    const wanted = Object.entries(labels);
    for (const record of [...this.state.workloads.values()]) {
      if (wanted.every(([key, value]) => record.spec.labels[key] === value)) yield this.#ref(record);
    }
  }

  async adopt(ref: WorkloadRef, work: Work): Promise<Outcome<Workload>> {
    if (work.signal.aborted) return cancelledBy(work.signal);
    if (this.state.lost) return failed(engineLost);
    const record = this.#record(ref);
    if (record === undefined)
      return failed({ code: 'workload-deleted', detail: `workload ${ref.name} no longer exists` });
    if (record.state === 'created') {
      this.#settings.confirm?.();
      this.state.remove(record);
      return failed({ code: 'start-failed', detail: `workload ${ref.name} was incomplete, so Slipway removed it` });
    }
    if (ref.startedAt !== undefined && ref.startedAt !== record.startedAt)
      return failed({ code: 'workload-restarted', detail: `workload ${ref.name} was restarted` });
    this.state.counts.adopted++;
    return succeeded(this.#handle(record));
  }

  async remove(ref: WorkloadRef, graceMs: number): Promise<void> {
    this.#answers();
    const record = this.#record(ref);
    if (record === undefined) return;
    const handle = this.#handle(record);
    await handle.stop(graceMs);
    await handle[Symbol.asyncDispose]();
  }

  whileOwned(confirm: ConfirmOwner): FakeRuntime {
    return new FakeRuntime({ ...this.#settings, engine: this.state, confirm });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The engine and its workloads stay, as with a real one.
  }

  #answers(): void {
    if (this.state.lost) throw new RuntimeRefused(engineLost, new Error(engineLost.detail));
  }

  #refusal(spec: WorkloadSpec): Failure | undefined {
    if (this.state.lost) return engineLost;
    const missing = allContainers(spec).find(({ image }) => this.#settings.hasImage?.(image) === false);
    if (missing)
      return {
        code: 'image-unavailable',
        image: missing.image,
        detail: 'the fake runtime has no such image',
        ...(spec.pull === 'never' && { notPulled: true }),
      };
    const before = this.state.workloads.get(spec.name);
    if (before !== undefined && stateOf(before) === 'running')
      return { code: 'internal', name: 'NameTaken', message: `a workload named ${spec.name} is already running` };
    if (before !== undefined) this.state.remove(before);
    return undefined;
  }

  #make(spec: WorkloadSpec): FakeRecord {
    const volumes = new Map(spec.volumes.map(({ name, content }) => [name, new FakeTree(content)]));
    const containers = new Map(
      allContainers(spec).map((container) => [
        container.name,
        new FakeContainer(container, volumes, this.#settings.clock),
      ]),
    );
    return this.state.add({ spec, createdAt: this.#settings.clock.now(), volumes, containers, state: 'created' });
  }

  async #runInits(record: FakeRecord): Promise<Failure | undefined> {
    for (const { name } of record.spec.initContainers ?? []) {
      const failure = this.#beginOne(record, name);
      if (failure !== undefined) return failure;
      const exit = await record.containers.get(name)?.exited();
      if (exit && 'failure' in exit) return exit.failure;
      if (exit && exit.code !== 0)
        return { code: 'start-failed', detail: `init container "${name}" ended with exit code ${exit.code}` };
    }
    return undefined;
  }

  #begin(record: FakeRecord): Failure | undefined {
    record.state = 'begun';
    record.startedAt = this.#settings.clock.now();
    for (const { name } of record.spec.containers) {
      const failure = this.#beginOne(record, name);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #beginOne(record: FakeRecord, name: string): Failure | undefined {
    const container = record.containers.get(name)!;
    const behaviour = this.#script(container.spec, record.spec);
    if (behaviour.does === 'failStart') return behaviour.failure;
    container.begin(behaviour, () => this.state.lose());
    return undefined;
  }

  #failed(failure: Failure): Outcome<never> {
    this.state.counts.failedToStart++;
    return failed(failure);
  }

  #undone(record: FakeRecord, work: Work): Outcome<never> {
    this.state.remove(record);
    this.state.counts.failedToStart++;
    return cancelledBy(work.signal);
  }

  #handle(record: FakeRecord): FakeWorkload {
    return new FakeWorkload(this.#ref(record), record, this.state, this.#settings);
  }

  #ref(record: FakeRecord): WorkloadRef {
    const { spec, id, createdAt } = record;
    return { runtime: this.kind, id, name: spec.name, labels: spec.labels, state: stateOf(record), createdAt };
  }

  #record(ref: WorkloadRef): FakeRecord | undefined {
    const record = this.state.workloads.get(ref.name);
    return record?.id === ref.id ? record : undefined;
  }
}

function startOf({ startedAt }: FakeRecord): Pick<WorkloadRef, 'startedAt'> {
  return startedAt === undefined ? {} : { startedAt };
}

function allContainers(spec: WorkloadSpec): readonly ContainerSpec[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** Rejects what a real engine would refuse or wrongly accept. */
function checkSpec(spec: WorkloadSpec): void {
  if (!isDnsLabel(spec.name)) throw new Error(`"${spec.name}" is not a DNS label`);
  if (spec.containers.length === 0) throw new Error(`workload ${spec.name} has no containers`);
  const names = new Set<string>();
  for (const container of allContainers(spec)) {
    if (names.has(container.name))
      throw new Error(`workload ${spec.name} has two containers named "${container.name}"`);
    names.add(container.name);
    for (const { volume } of container.mounts) {
      if (!spec.volumes.some(({ name }) => name === volume))
        throw new Error(`container "${container.name}" mounts "${volume}", which is not a volume`);
    }
  }
}
