/** The feed of a store: changes of the index, and what writers that died left untold. */
import type { Seq } from '../../events/event.ts';
import type { RunId } from '../../model/ids.ts';
import { stoppable } from '../log/stoppable.ts';
import type { Feed, FeedCursor, RunChange } from '../store.ts';
import type { ChangeTable, Writer } from './change-table.ts';
import type { IndexWatch } from './index-watch.ts';

export interface FeedParts {
  readonly changes: ChangeTable;
  readonly watch: IndexWatch;
  /** For use in a transaction of the index. */
  readonly isDead: (writer: Writer) => boolean;
  /**
   * Returns the number of the run's last event; `undefined` if the run is gone. Rejects at once if the log cannot be read
   * now.
   */
  readonly head: (run: RunId) => Promise<Seq | undefined>;
}

/** Between two searches for writers that died. */
const lookForDeadEveryMs = 250;
/** Before another look at a log that could not be read. Doubled each time. */
const longestPauseMs = 5_000;

export class IndexFeed implements Feed {
  readonly #parts: FeedParts;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  changed(after: FeedCursor, signal: AbortSignal): AsyncIterable<RunChange> {
    return {
      [Symbol.asyncIterator]: () => {
        const stop = new AbortController();
        return stoppable(this.#changes(after, stop.signal), stop, [signal]);
      },
    };
  }

  async *#changes(after: FeedCursor, signal: AbortSignal): AsyncGenerator<RunChange, undefined, undefined> {
    const { changes, watch } = this.#parts;
    let cursor = after;
    let due = true;
    let settling = false;
    const dead = new DeadWriters(this.#parts);
    let wake = new AbortController();
    // Keeps the process alive, as other followers do.
    const timer = setInterval(() => {
      due = true;
      wake.abort();
    }, lookForDeadEveryMs);
    try {
      while (!signal.aborted) {
        const seen = watch.version;
        if (due && !settling) {
          due = false;
          settling = true;
          // Changes of other runs do not wait for it.
          void dead.settle(signal).then((settled) => {
            settling = false;
            if (settled) watch.notify();
          });
        }
        const page = await changes.after(cursor);
        for (const change of page) {
          if (signal.aborted) return;
          cursor = change.cursor;
          yield change;
        }
        wake = new AbortController();
        if (page.length === 0) await watch.changed(seen, [signal, wake.signal]);
      }
    } finally {
      clearInterval(timer);
    }
  }
}

/** Tells what writers that died left untold. */
class DeadWriters {
  /** Of writers whose log could not be read: when to look again, and the pause before that. */
  readonly #pauses = new Map<string, { readonly until: number; readonly ms: number }>();
  readonly #parts: FeedParts;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Reports whether it told something. Never rejects. A log that cannot be read does not keep it from the others. */
  async settle(signal: AbortSignal): Promise<boolean> {
    let settled = false;
    for (const writer of await this.#parts.changes.writers().catch(() => [])) {
      if (signal.aborted) return settled;
      const key = `${writer.run} ${writer.id}`;
      const pause = this.#pauses.get(key);
      if (pause !== undefined && performance.now() < pause.until) continue;
      try {
        settled = (await this.#settleOne(writer)) || settled;
        this.#pauses.delete(key);
      } catch {
        // The log could not be read, or the index not written.
        const ms = Math.min((pause?.ms ?? lookForDeadEveryMs / 2) * 2, longestPauseMs);
        this.#pauses.set(key, { until: performance.now() + ms, ms });
      }
    }
    return settled;
  }

  async #settleOne(writer: Writer): Promise<boolean> {
    const { changes, isDead, head } = this.#parts;
    if (!isDead(writer)) return false;
    const seq = await head(writer.run);
    await changes.settle(writer, seq, () => isDead(writer));
    return true;
  }
}
