/** The state that the stores of a test share, as processes share a folder. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueuedRun } from '../../events/queued-run.ts';
import type { StoredEvent } from '../../events/event.ts';
import type { RunId, StoreId } from '../../model/ids.ts';
import { onAbort } from '../../util/abort.ts';
import { TurnBudget } from '../turn-budget.ts';
import type { Lease } from '../lease.ts';
import type { FoldedRun } from '../run-summary.ts';
import type { RequestState, RunRequest } from '../store.ts';

export interface MemoryRun {
  readonly id: RunId;
  readonly project: string;
  readonly number: number;
  readonly createdAt: number;
  /** `events[n]` has the number n + 1. */
  readonly events: StoredEvent[];
  folded: FoldedRun;
  /** Absent: the run waits in the queue. */
  lease?: Lease;
  readonly queued?: QueuedRun;
  readonly requests: MemoryRequest[];
}

export interface MemoryRequest {
  readonly request: RunRequest;
  state: RequestState;
}

export class MemoryState implements Disposable {
  readonly id = 'memory' as StoreId;
  readonly runs = new Map<RunId, MemoryRun>();
  readonly turn = new TurnBudget();
  requests = 0;
  readonly projects = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #root: string | undefined;

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
