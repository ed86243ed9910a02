import type { Clock } from '../../model/clock.ts';
import type { Failure } from '../../model/outcome.ts';
import type { WorkloadRef, WorkloadSpec } from '../runtime.ts';
import type { FakeContainer } from './fake-container.ts';
import { FakeOutside, type FakeOutsideSpec } from './fake-outside.ts';
import type { FakeTree } from './fake-tree.ts';

/** A workload of the engine, shared by all its handles. */
export interface FakeRecord {
  readonly spec: WorkloadSpec;
  readonly id: string;
  readonly createdAt: number;
  readonly volumes: ReadonlyMap<string, FakeTree>;
  readonly containers: ReadonlyMap<string, FakeContainer>;
  state: 'created' | 'begun';
  /** See `WorkloadRef`. */
  startedAt?: number;
}

/** The state that outlives a `Runtime` object. Several runtimes on one engine act as the processes of one machine. */
export class FakeEngine {
  readonly workloads = new Map<string, FakeRecord>();
  /** Counters for tests. */
  readonly counts = { started: 0, failedToStart: 0, adopted: 0, removed: 0, mostAtOnce: 0 };
  /** Containers that were started without a runtime. */
  readonly outside = new Set<FakeOutside>();
  readonly #watchers = new Set<() => void>();
  #ids = 0;
  #lost = false;

  get lost(): boolean {
    return this.#lost;
  }

  add(record: Omit<FakeRecord, 'id'>): FakeRecord {
    const added = { ...record, id: `fake-${++this.#ids}` };
    this.workloads.set(record.spec.name, added);
    this.counts.mostAtOnce = Math.max(this.counts.mostAtOnce, this.workloads.size);
    this.changed();
    return added;
  }

  /** Calls back after each change of a container's state, until disposed. */
  watch(callback: () => void): Disposable {
    this.#watchers.add(callback);
    return { [Symbol.dispose]: () => void this.#watchers.delete(callback) };
  }

  changed(): void {
    for (const callback of [...this.#watchers]) callback();
  }

  /** Starts a container as another tool would, without a runtime. */
  startOutside(wanted: FakeOutsideSpec, clock: Clock): FakeOutside {
    const container = new FakeOutside(`fake-${++this.#ids}`, wanted, clock, () => this.changed());
    this.outside.add(container);
    container.begin();
    return container;
  }

  removeOutside(container: FakeOutside): void {
    this.outside.delete(container);
    container.end();
    this.changed();
  }

  /** Ends the workload if it runs, and forgets it. Its other handles see `workload-deleted`. */
  remove(record: FakeRecord): void {
    if (this.workloads.get(record.spec.name) !== record) return;
    for (const container of record.containers.values())
      container.fail({ code: 'workload-deleted', detail: `${record.spec.name} was removed` });
    this.workloads.delete(record.spec.name);
    this.counts.removed++;
    this.changed();
  }

  /** Simulates a restart by another client: the old processes are gone, and no step owns the new ones. */
  restart(name: string): void {
    const record = this.workloads.get(name);
    if (record === undefined) throw new Error(`workload ${name} does not exist`);
    record.startedAt = (record.startedAt ?? 0) + 1;
    for (const container of record.containers.values())
      container.fail({ code: 'workload-restarted', detail: `${name} was restarted` });
  }

  /** Simulates the end of the engine. Everything running is lost, and nothing starts until `restore`. */
  lose(): void {
    this.#lost = true;
    for (const { containers } of this.workloads.values())
      for (const container of containers.values()) container.fail(engineLost);
    this.workloads.clear();
    for (const container of [...this.outside]) this.removeOutside(container);
    this.changed();
  }

  restore(): void {
    this.#lost = false;
    this.changed();
  }

  /** Simulates a process that dies between creating a workload and starting it. */
  leaveHalfMade(spec: WorkloadSpec): void {
    this.add({ spec, createdAt: 0, volumes: new Map(), containers: new Map(), state: 'created' });
  }
}

export const engineLost: Extract<Failure, { readonly code: 'runtime-lost' }> = {
  code: 'runtime-lost',
  detail: 'the fake engine is gone',
};

export function stateOf(record: FakeRecord): WorkloadRef['state'] {
  if (record.state === 'created') return 'created';
  return [...record.containers.values()].every((container) => container.ended) ? 'exited' : 'running';
}
