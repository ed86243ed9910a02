/** Adds events to a run beside its owner. */
import type { AnnexEvent } from '../../events/annex-event.ts';
import type { Seq } from '../../events/event.ts';
import { checkAnnexTypes } from '../log/check-annex-types.ts';
import type { Annex } from '../store.ts';
import type { TurnBudget } from '../turn-budget.ts';
import { cost } from '../turn-budget.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import type { RunFeed } from './run-feed.ts';

export interface AnnexParts {
  readonly feed: RunFeed;
  readonly turn: TurnBudget;
  readonly changes: ChangeNotifier;
  /** In milliseconds since 1970. */
  now(): number;
  /** Lists this process as a writer of the run. */
  list(at: number): Promise<void>;
  /** Throws `StoreError` `not-found` if the run has been removed. An open file can still be written then. */
  readonly check: () => void;
  /** Called once, when the feed is no longer needed. */
  free(): void;
}

/** In a PID namespace that others cannot see, only the age of the entry says whether this process lives: 60 s. */
const listEveryMs = 20_000;

export class SqliteAnnex implements Annex {
  #appending: Promise<unknown> = Promise.resolve();
  #listedAt = -Infinity;
  #closing: Promise<void> | undefined;
  readonly #parts: AnnexParts;

  constructor(parts: AnnexParts) {
    this.#parts = parts;
  }

  /** Appends in the order of the calls. */
  append(events: readonly AnnexEvent[]): Promise<Seq> {
    const append = this.#appending.then(() => {
      checkAnnexTypes(events);
      return this.#appendNext(events);
    });
    this.#appending = append.catch(() => undefined);
    return append;
  }

  async #appendNext(events: readonly AnnexEvent[]): Promise<Seq> {
    const { feed, turn, changes, check } = this.#parts;
    if (events.length === 0) return await feed.head();
    const at = this.#parts.now();
    check();
    if (Math.abs(at - this.#listedAt) > listEveryMs) {
      await this.#parts.list(at);
      this.#listedAt = at;
    }
    await turn.enter(cost.append(events.length, 0));
    const stamped = events.map((event) => ({ ...event, at }));
    const appended = await feed.file.appendBeside(stamped, check);
    feed.publish(appended);
    changes.appended(appended.head);
    return appended.head;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#appending;
    await this.#parts.changes.close();
    this.#parts.free();
  }
}
