/** Retention within a run: a run of many iterations keeps the newest ones, and the state of the rest. */
import { applyEvent, emptyRunState, type RunState } from '../events/run-state.ts';
import { storedState } from '../events/stored-state.ts';
import type { Seq } from '../events/event.ts';
import { StoreError, type RunLog } from '../store/store.ts';

export interface FloorPolicy {
  /** How many iterations a cut leaves, at most 25. At least the last one stays. */
  readonly keepIterations: number;
  /** How many bytes of output a cut leaves. The last iteration stays whatever its size. */
  readonly keepOutputBytes: number;
}

export const defaultFloor: FloorPolicy = { keepIterations: 10, keepOutputBytes: 64 << 20 };

/**
 * Returns the number up to which the log can be dropped: the events before the oldest kept iteration. `undefined`: it
 * stays as it is, until it has twice as much as is kept. Otherwise each iteration would cut.
 */
export function floorAt(
  { iterations, floor }: Pick<RunState, 'iterations' | 'floor'>,
  { keepIterations, keepOutputBytes }: FloorPolicy,
): Seq | undefined {
  const above = iterations.filter(({ plannedBy = 0 }) => plannedBy > floor);
  const bytes = above.reduce((sum, { outputBytes }) => sum + outputBytes, 0);
  if (above.length < 2 * keepIterations && bytes <= 2 * keepOutputBytes) return undefined;
  let first = above.length - 1;
  let kept = above[first]?.outputBytes ?? 0;
  while (first > 0 && above.length - first < keepIterations) {
    kept += above[first - 1]?.outputBytes ?? 0;
    if (kept > keepOutputBytes) break;
    first -= 1;
  }
  const { plannedBy = 0 } = above[first] ?? {};
  return first > 0 && plannedBy - 1 > floor ? plannedBy - 1 : undefined;
}

/** Cuts the log of one run between iterations. */
export class LogCutter {
  /** After the last event. */
  readonly #now = emptyRunState();
  /** After the last event that was dropped. */
  readonly #below = emptyRunState();
  readonly #log: RunLog;
  readonly #policy: FloorPolicy;

  constructor(log: RunLog, policy: FloorPolicy) {
    this.#log = log;
    this.#policy = policy;
  }

  /** Call it when the events of an iteration are stored. A log that cannot be cut now is cut later. */
  async cut(signal: AbortSignal): Promise<void> {
    try {
      await this.#fold(this.#now, Infinity, signal);
      const through = floorAt(this.#now, this.#policy);
      if (through === undefined) return;
      await this.#fold(this.#below, through, signal);
      if (this.#below.seq !== through) return;
      await this.#log.cut(through, storedState(this.#below));
      this.#now.floor = through;
      this.#below.floor = through;
    } catch (error) {
      // The next append reports what is wrong with the store.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  async #fold(state: RunState, last: Seq, signal: AbortSignal): Promise<void> {
    if (state.seq >= last) return;
    for await (const event of this.#log.follow(state.seq, signal, 'now')) {
      applyEvent(state, event);
      if (event.seq >= last) return;
    }
  }
}
