/** Caches the newest events of a log, so that followers at its end need not read them. The size is bounded. */
import type { Seq, StoredEvent } from '../../events/event.ts';

interface Batch {
  readonly events: readonly StoredEvent[];
  readonly bytes: number;
}

export class RecentEvents {
  #batches: Batch[] = [];
  #bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes = 4 << 20) {
    this.#maxBytes = maxBytes;
  }

  /**
   * @param events in order, directly after those added before
   * @param bytes their approximate size
   */
  add(events: readonly StoredEvent[], bytes: number): void {
    const first = events[0];
    if (first === undefined) return;
    if (this.#batches.length > 0 && this.#last + 1 !== first.seq) this.clear();
    this.#batches.push({ events, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes && this.#batches.length > 1) this.#bytes -= this.#batches.shift()?.bytes ?? 0;
    // Followers read an event that is too large from the store.
    if (this.#bytes > this.#maxBytes) this.clear();
  }

  /** Returns some of the events after `after`; `undefined` if they are not cached. */
  after(after: Seq): readonly StoredEvent[] | undefined {
    const newest = this.#batches.at(-1);
    if (newest === undefined || after >= this.#last) return undefined;
    const batch = (newest.events[0]?.seq ?? 0) <= after + 1 ? newest : this.#find(after + 1);
    if (batch === undefined) return undefined;
    const skipped = after + 1 - (batch.events[0]?.seq ?? 0);
    return skipped === 0 ? batch.events : batch.events.slice(skipped);
  }

  clear(): void {
    this.#batches = [];
    this.#bytes = 0;
  }

  get #last(): Seq {
    return this.#batches.at(-1)?.events.at(-1)?.seq ?? 0;
  }

  #find(seq: Seq): Batch | undefined {
    return this.#batches.find(({ events }) => (events[0]?.seq ?? 0) <= seq && seq <= (events.at(-1)?.seq ?? 0));
  }
}
