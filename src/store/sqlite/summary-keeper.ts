/**
 * Updates a run's index entry as its owner appends: at once when the status changes, otherwise a few times a second.
 */
import type { Seq, StoredEvent } from '../../events/event.ts';
import type { RunId } from '../../model/ids.ts';
import { isEnd } from '../../model/status.ts';
import type { FoldedRun } from '../run-summary.ts';
import { foldSummary } from '../run-summary.ts';
import type { RunIndex } from './run-index.ts';

const everyMs = 250;

export class SummaryKeeper {
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #dirty = false;
  readonly #index: RunIndex;
  readonly #run: RunId;
  readonly #epoch: number;
  #folded: FoldedRun;
  #to: Seq;

  constructor(index: RunIndex, run: RunId, epoch: number, folded: FoldedRun, to: Seq) {
    this.#index = index;
    this.#run = run;
    this.#epoch = epoch;
    this.#folded = folded;
    this.#to = to;
  }

  /** @returns a promise if the entry must be updated before the append is done */
  fold(events: readonly StoredEvent[]): Promise<void> | undefined {
    const before = this.#folded;
    this.#folded = events.reduce(foldSummary, before);
    this.#to = events.at(-1)?.seq ?? this.#to;
    if (this.#folded === before) return undefined;
    this.#dirty = true;
    if (this.#folded.status !== before.status || this.#folded.name !== before.name) return this.flush(false);
    this.#timer ??= setTimeout(() => void this.flush(false), everyMs).unref();
    return undefined;
  }

  /**
   * Never rejects: the events are stored. An entry that could not be written is written next time, or by a reader after
   * the owner has ended.
   * @param settled no more events will follow from this owner
   */
  async flush(settled: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const write = async () => {
      if (!this.#dirty && !settled) return;
      this.#dirty = false;
      await this.#index.keep(this.#run, this.#epoch, {
        run: this.#folded,
        to: this.#to,
        settled: settled || isEnd(this.#folded.status),
      });
    };
    this.#writing = this.#writing.then(write).catch(() => {
      this.#dirty = true;
    });
    await this.#writing;
  }
}
