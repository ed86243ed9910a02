import type { Failure } from '../../model/outcome.ts';
import type { WorkloadRef, WorkloadSpec } from '../runtime.ts';
import type { FakeContainer } from './fake-container.ts';
import type { FakeTree } from './fake-tree.ts';

/** A workload as the engine keeps it, whoever looks at it. */
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

/** What outlives a `Runtime` object: several of them on one engine are the processes of one machine. */
export class FakeEngine {
  readonly workloads = new Map<string, FakeRecord>();
  /** What happened, for tests to count. */
  readonly counts = { started: 0, failedToStart: 0, adopted: 0, removed: 0, mostAtOnce: 0 };
  #ids = 0;
  #lost = false;

  get lost(): boolean {
    return this.#lost;
  }

  add(record: Omit<FakeRecord, 'id'>): FakeRecord {
    const added = { ...record, id: `fake-${++this.#ids}` };
    this.workloads.set(record.spec.name, added);
    this.counts.mostAtOnce = Math.max(this.counts.mostAtOnce, this.workloads.size);
    return added;
  }

  /** Ends it if it runs and forgets it; those who still look at it see `workload-deleted`. */
  remove(record: FakeRecord): void {
    if (this.workloads.get(record.spec.name) !== record) return;
    for (const container of record.containers.values())
      container.fail({ code: 'workload-deleted', detail: `${record.spec.name} was removed` });
    this.workloads.delete(record.spec.name);
    this.counts.removed++;
  }

  /** Somebody else restarts it: its processes are gone, and what runs then is nobody's. */
  restart(name: string): void {
    const record = this.workloads.get(name);
    if (record === undefined) throw new Error(`there is no workload ${name}`);
    record.startedAt = (record.startedAt ?? 0) + 1;
    for (const container of record.containers.values())
      container.fail({ code: 'workload-restarted', detail: `${name} was restarted` });
  }

  /** The engine dies: whatever runs is lost, and nothing starts until `restore`. */
  lose(): void {
    this.#lost = true;
    for (const { containers } of this.workloads.values())
      for (const container of containers.values()) container.fail(engineLost);
    this.workloads.clear();
  }

  restore(): void {
    this.#lost = false;
  }

  /** What a process leaves that dies between making a workload and starting it. */
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
