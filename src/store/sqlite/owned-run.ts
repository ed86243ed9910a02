/** A run's log and lease, as held by its owner. */
import type { Seq, StampedEvent } from '../../events/event.ts';
import type { RunId } from '../../model/ids.ts';
import { StoreError } from '../store.ts';
import type { OwnedRun, RequestAnswer, RunLog, RunRequest, SentRequest } from '../store.ts';
import type { TurnBudget } from '../turn-budget.ts';
import { cost } from '../turn-budget.ts';
import type { HeldLease } from '../held-lease.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import { Checkpointer } from './checkpointer.ts';
import type { RequestInbox } from './request-inbox.ts';
import type { RunFeed } from './run-feed.ts';
import { SqliteRunReader } from './run-reader.ts';
import type { SummaryKeeper } from './summary-keeper.ts';

export interface OwnedParts {
  readonly id: RunId;
  readonly number: number;
  readonly epoch: number;
  readonly lease: HeldLease;
  readonly feed: RunFeed;
  readonly summary: SummaryKeeper;
  readonly inbox: RequestInbox;
  readonly changes: ChangeNotifier;
  /** Shared by all runs of this process. */
  readonly turn: TurnBudget;
  now(): number;
  /** Releases the lease and notifies followers. */
  releaseLease(): Promise<void>;
  /** Called when the log is no longer needed. */
  close(): void;
}

class SqliteRunLog extends SqliteRunReader implements RunLog {
  readonly #checkpointer: Checkpointer;
  #appending: Promise<unknown> = Promise.resolve();
  #released = false;
  readonly #parts: OwnedParts;

  constructor(parts: OwnedParts) {
    super(parts.feed, () => parts.close());
    this.#parts = parts;
    this.#checkpointer = new Checkpointer(parts.feed.file.path);
  }

  /** Appends in the order of the calls. */
  append(events: readonly StampedEvent[]): Promise<Seq> {
    const append = this.#appending.then(() => this.#appendNext(events));
    this.#appending = append.catch(() => undefined);
    return append;
  }

  /** Refuses new appends. Earlier calls are still executed. */
  async seal(): Promise<void> {
    await this.#appending;
    this.#released = true;
    await this.#checkpointer.close();
  }

  async #appendNext(events: readonly StampedEvent[]): Promise<Seq> {
    const { changes, epoch, feed, id, summary } = this.#parts;
    if (this.#released) throw new StoreError('not-owner', `run ${id} has been released by this process`);
    if (events.length === 0) return await feed.head();
    await this.#parts.turn.enter(cost.append(events.length, outputBytes(events)));
    const appended = await this.#stored(events, epoch);
    feed.publish(appended);
    changes.appended(appended.head);
    await summary.fold(appended.page.events);
    await this.#checkpointer.wrote(appended.bytes);
    return appended.head;
  }

  /** Between appends, so that they keep their order. */
  async cut(through: Seq, state: object): Promise<void> {
    const cut = this.#appending.then(() => this.#cutNow(through, state));
    this.#appending = cut.catch(() => undefined);
    await cut;
  }

  async #cutNow(through: Seq, state: object): Promise<void> {
    const { epoch, feed, id, turn } = this.#parts;
    if (this.#released) throw new StoreError('not-owner', `run ${id} has been released by this process`);
    await feed.file.putFloor(epoch, through, state);
    for (let bound = through; bound > 0;) {
      await turn.enter(cost.readPage);
      bound = await feed.file.dropBelow(epoch, bound);
    }
    feed.cut();
  }

  async #stored(events: readonly StampedEvent[], epoch: number) {
    try {
      return await this.feed.file.append(epoch, events);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-owner') this.#parts.lease.lose();
      throw error;
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#appending;
    await this.#checkpointer.close();
    await super[Symbol.asyncDispose]();
  }
}

function outputBytes(events: readonly StampedEvent[]): number {
  return events.reduce((sum, event) => sum + (event.type === 'output' ? event.bytes.length : 0), 0);
}

export class SqliteOwnedRun implements OwnedRun {
  readonly id: RunId;
  readonly number: number;
  readonly epoch: number;
  readonly log: SqliteRunLog;
  #releasing: Promise<void> | undefined;
  readonly #parts: OwnedParts;

  constructor(parts: OwnedParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.number = parts.number;
    this.epoch = parts.epoch;
    this.log = new SqliteRunLog(parts);
  }

  get lost(): AbortSignal {
    return this.#parts.lease.lost;
  }

  confirm(): void {
    this.#parts.lease.confirm();
  }

  requests(signal: AbortSignal, until: 'now' | 'forever' = 'forever'): AsyncIterable<RunRequest> {
    return this.#parts.inbox.requests(signal, until);
  }

  async request(request: SentRequest): Promise<void> {
    await this.#parts.inbox.send(request, this.#parts.now());
  }

  answer(request: string, answer: RequestAnswer): Promise<void> {
    return this.#parts.inbox.answer(request, answer);
  }

  release(): Promise<void> {
    this.#releasing ??= this.#releaseOnce();
    return this.#releasing;
  }

  async #releaseOnce(): Promise<void> {
    await this.log.seal();
    this.#parts.lease.release();
    await this.#parts.summary.flush(true);
    this.#parts.inbox.close();
    await this.#parts.changes.close();
    await this.#parts.releaseLease();
  }
}
