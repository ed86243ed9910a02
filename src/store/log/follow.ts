/** Follows a log from a cursor: stored events page by page, then new ones. The same for every store. */
import type { Seq, StoredEvent } from '../../events/event.ts';
import type { EventPage, Until } from '../store.ts';
import type { TurnBudget } from '../turn-budget.ts';
import { cost } from '../turn-budget.ts';
import type { LazyPage } from './event-page.ts';
import { stoppable } from './stoppable.ts';

/** The part of a store's log that followers need. */
export interface FollowedLog {
  /** Shared by all followers of this process. */
  readonly turn: TurnBudget;
  /** Returns the number of the last stored event. */
  head(): Promise<Seq>;
  /**
   * Returns events that this process has just appended, without a read; `undefined`: read a page. They may begin before
   * `after`.
   */
  recent(after: Seq): LazyPage | undefined;
  /**
   * Returns the next events. A page is read in far less than a frame, and nothing stays open afterwards. `through` is
   * `after` at the end of the log.
   */
  page(after: Seq, structural: boolean): Promise<LazyPage>;
  /** Reports whether no more events will come: the run has finished, or its owner is dead. */
  isOver(): Promise<boolean>;
  /** Resolves when there may be events after `after`, the run may be over, or the signal is aborted. Never rejects. */
  changed(after: Seq, signal: AbortSignal): Promise<void>;
}

export interface FollowRequest {
  readonly after: Seq;
  readonly until: Until;
  readonly structural: boolean;
  /** Each of these ends the iteration. */
  readonly signals: readonly AbortSignal[];
}

/**
 * Returns an iterable; each call of `[Symbol.asyncIterator]` iterates once. `return` (called by `break`) ends a waiting
 * `next`, which a plain generator would not do.
 */
export function followPages(log: FollowedLog, request: FollowRequest): AsyncIterable<EventPage> {
  return iterable(log, request, (stop, end) =>
    stoppable(
      pages(log, request, end, stop.signal, () => cost.handOverPage),
      stop,
      request.signals,
    ),
  );
}

/** Yields the events of the pages. */
export function followLog(log: FollowedLog, request: FollowRequest): AsyncIterable<StoredEvent> {
  return iterable(log, request, (stop, end) => {
    const read = pages(log, request, end, stop.signal, cost.handOverEvents);
    return new EventsOf(stoppable(read, stop, request.signals), stop.signal);
  });
}

function iterable<T>(
  log: FollowedLog,
  request: FollowRequest,
  open: (stop: AbortController, end: Promise<Seq> | undefined) => AsyncIterator<T, undefined>,
): AsyncIterable<T> {
  // `now` means the time of this call, not of the first `next`.
  const end = request.until === 'now' ? log.head() : undefined;
  // The iteration reports the rejection. Without an iteration it must not end the process.
  end?.catch(() => undefined);
  return { [Symbol.asyncIterator]: () => open(new AbortController(), end) };
}

/** Like a generator over the pages, without its cost for each event. */
class EventsOf implements AsyncIterator<StoredEvent, undefined> {
  #events: readonly StoredEvent[] = [];
  #next = 0;
  /** The last call that waits for a page. Later calls wait for it. */
  #turning: Promise<unknown> | undefined;
  readonly #pages: AsyncIterator<EventPage, undefined>;
  readonly #left: AbortSignal;

  constructor(pages: AsyncIterator<EventPage, undefined>, left: AbortSignal) {
    this.#pages = pages;
    this.#left = left;
  }

  next(): Promise<IteratorResult<StoredEvent, undefined>> {
    const event = this.#turning === undefined ? this.#take() : undefined;
    return event === undefined ? this.#afterTurn() : Promise.resolve({ done: false, value: event });
  }

  async return(): Promise<IteratorResult<StoredEvent, undefined>> {
    await this.#pages.return?.();
    return { done: true, value: undefined };
  }

  #take(): StoredEvent | undefined {
    return this.#left.aborted ? undefined : this.#events[this.#next++];
  }

  async #afterTurn(): Promise<IteratorResult<StoredEvent, undefined>> {
    const before = this.#turning;
    const turn = (async () => {
      await before?.catch(() => undefined);
      for (let event = this.#take(); ; event = this.#take()) {
        if (event !== undefined) return { done: false, value: event } as const;
        const page = await this.#pages.next();
        if (page.done === true) return page;
        this.#events = page.value.events;
        this.#next = 0;
      }
    })();
    this.#turning = turn;
    try {
      return await turn;
    } finally {
      if (this.#turning === turn) this.#turning = undefined;
    }
  }
}

async function* pages(
  log: FollowedLog,
  request: FollowRequest,
  end: Promise<Seq> | undefined,
  signal: AbortSignal,
  handOver: (events: number) => number,
): AsyncGenerator<EventPage, undefined, undefined> {
  const { structural } = request;
  const finish = request.until === 'finished';
  const last = (await end) ?? Infinity;
  let position = request.after;
  let over = false;
  while (!signal.aborted && position < last) {
    const read = await nextPage(log, position, structural, handOver);
    const page = read.selected({ after: position, last, structural, finish });
    if (signal.aborted) return;
    if (page.entries.length > 0) yield page;
    if (finish && page.entries.at(-1)?.type === 'run.finished') return;
    const moved = read.through > position;
    position = Math.max(position, read.through);
    if (moved) continue;
    if (over || end !== undefined) return;
    over = finish && (await log.isOver());
    // Read once more: events may have been appended just before the end.
    if (!over) await log.changed(position, signal);
  }
}

async function nextPage(
  log: FollowedLog,
  after: Seq,
  structural: boolean,
  handOver: (events: number) => number,
): Promise<LazyPage> {
  const recent = log.recent(after);
  if (recent === undefined) {
    await log.turn.enter(cost.readPage);
    return await log.page(after, structural);
  }
  await log.turn.enter(handOver(recent.entries.length));
  return recent;
}
