/** Adds events to a run beside its owner. */
import { setTimeout as delay } from 'node:timers/promises';
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

/**
 * Between two commits, which take half a millisecond. The owner can append meanwhile: a writer without pauses would keep
 * the file locked. Calls that wait share a commit.
 */
const pauseMs = 4;

interface Waiting {
  readonly events: readonly AnnexEvent[];
  readonly resolve: (seq: Seq) => void;
  readonly reject: (error: unknown) => void;
}

export class SqliteAnnex implements Annex {
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #listedAt = -Infinity;
  #closing: Promise<void> | undefined;
  readonly #parts: AnnexParts;

  constructor(parts: AnnexParts) {
    this.#parts = parts;
  }

  /** Appends in the order of the calls. Calls that wait share a commit. */
  async append(events: readonly AnnexEvent[]): Promise<Seq> {
    checkAnnexTypes(events);
    if (events.length === 0) return await this.#parts.feed.head();
    return await new Promise<Seq>((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#waiting;
      this.#waiting = [];
      try {
        let seq = await this.#appendAll(taken.flatMap(({ events }) => events));
        for (const { events, resolve } of taken.toReversed()) {
          resolve(seq);
          seq -= events.length;
        }
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
      await delay(pauseMs);
    }
    this.#writing = undefined;
  }

  /** @returns the number of the last */
  async #appendAll(events: readonly AnnexEvent[]): Promise<Seq> {
    const { feed, turn, changes, check } = this.#parts;
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
    await this.#writing;
    await this.#parts.changes.close();
    this.#parts.free();
  }
}
