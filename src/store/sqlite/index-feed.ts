/** The feed of a store: changes of the index, and what writers that died left untold. */
import { stoppable } from '../log/stoppable.ts';
import type { Feed, FeedCursor, RunChange } from '../store.ts';
import type { ChangeTable } from './change-table.ts';
import { DeadWriters, type DeadWriterParts } from './dead-writers.ts';
import type { IndexWatch } from './index-watch.ts';

export interface FeedParts extends DeadWriterParts {
  readonly changes: ChangeTable;
  readonly watch: IndexWatch;
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
