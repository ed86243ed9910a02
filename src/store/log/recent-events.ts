/** Caches the newest pages of a log, so that followers at its end need not read them. The size is bounded. */
import type { Seq } from '../../events/event.ts';
import type { LazyPage } from './event-page.ts';

interface Batch {
  readonly page: LazyPage;
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
   * @param page all events of an append, directly after those added before
   * @param bytes their approximate size. Followers may add events and JSON of the same size each
   */
  add(page: LazyPage, bytes: number): void {
    const first = page.entries[0];
    if (first === undefined) return;
    if (this.#batches.length > 0 && this.#last + 1 !== first.seq) this.clear();
    this.#batches.push({ page, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes && this.#batches.length > 1) this.#bytes -= this.#batches.shift()?.bytes ?? 0;
    // Followers read an event that is too large from the store.
    if (this.#bytes > this.#maxBytes) this.clear();
  }

  /** Returns the page with the event after `after`; `undefined` if it is not cached. */
  after(after: Seq): LazyPage | undefined {
    const newest = this.#batches.at(-1)?.page;
    if (newest === undefined || after >= this.#last) return undefined;
    return firstOf(newest) <= after + 1 ? newest : this.#find(after + 1);
  }

  clear(): void {
    this.#batches = [];
    this.#bytes = 0;
  }

  get #last(): Seq {
    return this.#batches.at(-1)?.page.through ?? 0;
  }

  #find(seq: Seq): LazyPage | undefined {
    return this.#batches.find(({ page }) => firstOf(page) <= seq && seq <= page.through)?.page;
  }
}

function firstOf(page: LazyPage): Seq {
  return page.entries[0]?.seq ?? 0;
}
