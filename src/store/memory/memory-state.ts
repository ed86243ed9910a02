/** The state that the stores of a test share, as processes share a folder. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueuedRun } from '../../events/queued-run.ts';
import type { Seq, StampedEvent, StoredEvent } from '../../events/event.ts';
import type { RunId, StoreId } from '../../model/ids.ts';
import { onAbort } from '../../util/abort.ts';
import { TurnBudget } from '../turn-budget.ts';
import type { Lease } from '../lease.ts';
import type { FoldedRun } from '../run-summary.ts';
import { foldSummary } from '../run-summary.ts';
import type { RequestState, RunChange, RunRequest } from '../store.ts';

export interface MemoryRun {
  readonly id: RunId;
  readonly project: string;
  readonly number: number;
  readonly createdAt: number;
  /** Numbered without gaps, from 1 or from the floor. */
  readonly events: StoredEvent[];
  folded: FoldedRun;
  /** Absent: the run waits in the queue. */
  lease?: Lease;
  readonly queued?: QueuedRun;
  readonly requests: MemoryRequest[];
}

export interface MemoryRequest {
  request: RunRequest;
  state: RequestState;
}

export function headOf({ events }: MemoryRun): Seq {
  return events.at(-1)?.seq ?? 0;
}

export class MemoryState implements Disposable {
  readonly id = 'memory' as StoreId;
  readonly runs = new Map<RunId, MemoryRun>();
  readonly turn = new TurnBudget();
  requests = 0;
  readonly projects = new Map<string, number>();
  /** The newest change of each run, oldest first. */
  readonly changes = new Map<RunId, RunChange>();
  #changed = 0;
  readonly #waiting = new Set<() => void>();
  #root: string | undefined;

  /** Adds events to a run. */
  append(run: MemoryRun, epoch: number, events: readonly StampedEvent[]): Seq {
    for (const event of events) {
      const copy = structuredClone(event);
      run.events.push({ ...copy, run: run.id, epoch, seq: headOf(run) + 1 });
      run.folded = foldSummary(run.folded, copy);
    }
    const seq = headOf(run);
    if (events.length === 0) return seq;
    this.#changed += 1;
    this.changes.delete(run.id);
    this.changes.set(run.id, { run: run.id, seq, cursor: this.#changed });
    this.notify();
    return seq;
  }

  /** Wakes up all waiting readers. */
  notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * Resolves on the next change, when a signal is aborted, or after a while: the death of an owner changes no state.
   * @param patient does not keep the process alive
   */
  async changed(signals: readonly AbortSignal[], patient: boolean): Promise<void> {
    if (signals.some((signal) => signal.aborted)) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        listener[Symbol.dispose]();
        resolve();
      };
      const timer = setTimeout(wake, 50);
      if (patient) timer.unref();
      this.#waiting.add(wake);
      const listener = onAbort(signals, wake);
    });
  }

  folder(run: RunId): string {
    this.#root ??= mkdtempSync(join(tmpdir(), 'slipway-memory-'));
    const folder = join(this.#root, run);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  removeFolder(run: RunId): void {
    if (this.#root !== undefined) rmSync(join(this.#root, run), { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    if (this.#root !== undefined) rmSync(this.#root, { recursive: true, force: true });
    this.#root = undefined;
  }
}
