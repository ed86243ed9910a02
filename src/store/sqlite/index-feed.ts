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
  /** Returns the number of the run's last event; `undefined` if the run is gone. */
  readonly head: (run: RunId) => Promise<Seq | undefined>;
}

/** Between two searches for writers that died. */
const lookForDeadEveryMs = 250;

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
    let wake = new AbortController();
    // Keeps the process alive, as other followers do.
    const timer = setInterval(() => {
      due = true;
      wake.abort();
    }, lookForDeadEveryMs);
    try {
      while (!signal.aborted) {
        const seen = watch.version;
        if (due) await this.#settleDead();
        due = false;
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

  async #settleDead(): Promise<void> {
    for (const writer of await this.#parts.changes.writers()) {
      try {
        await this.#settle(writer);
      } catch {
        // The log could not be read, or the index not written. The next search tries again.
      }
    }
  }

  async #settle(writer: Writer): Promise<void> {
    const { changes, isDead, head } = this.#parts;
    if (!isDead(writer)) return;
    const seq = await head(writer.run);
    await changes.settle(writer, seq, () => isDead(writer));
  }
}
