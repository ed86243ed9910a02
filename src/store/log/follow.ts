/** Follows a log from a cursor: stored events page by page, then new ones. The same for every store. */
import type { Seq, StoredEvent } from '../../events/event.ts';
import { onAbort } from '../../util/abort.ts';
import type { TurnBudget } from '../turn-budget.ts';
import { cost } from '../turn-budget.ts';

/** A page is read in far less than a frame. Nothing stays open afterwards. */
export interface Page {
  readonly events: readonly StoredEvent[];
  /** All events up to this number were read. Equal to `after` at the end of the log. */
  readonly through: Seq;
}

/** The part of a store's log that followers need. */
export interface FollowedLog {
  /** Shared by all followers of this process. */
  readonly turn: TurnBudget;
  /** Returns the number of the last stored event. */
  head(): Promise<Seq>;
  /** Returns events that this process has just appended, without a read; `undefined`: read a page. */
  recent(after: Seq): readonly StoredEvent[] | undefined;
  page(after: Seq, structural: boolean): Promise<Page>;
  /** Reports whether no more events will come: the run has finished, or its owner is dead. */
  isOver(): Promise<boolean>;
  /** Resolves when there may be events after `after`, the run may be over, or the signal is aborted. Never rejects. */
  changed(after: Seq, signal: AbortSignal): Promise<void>;
}

export interface FollowRequest {
  readonly after: Seq;
  readonly until: 'now' | 'finished' | 'forever';
  readonly structural: boolean;
  /** Each of these ends the iteration. */
  readonly signals: readonly AbortSignal[];
}

/**
 * Returns an iterable; each call of `[Symbol.asyncIterator]` iterates once. `return` (called by `break`) ends a waiting
 * `next`, which a plain generator would not do.
 */
export function followLog(log: FollowedLog, request: FollowRequest): AsyncIterable<StoredEvent> {
  // `now` means the time of this call, not of the first `next`.
  const end = request.until === 'now' ? log.head() : undefined;
  // The iteration reports the rejection. Without an iteration it must not end the process.
  end?.catch(() => undefined);
  return {
    [Symbol.asyncIterator]: () => stoppable((stop) => events(log, request, end, stop), request.signals),
  };
}

function stoppable(
  open: (stop: AbortSignal) => AsyncGenerator<StoredEvent, undefined, undefined>,
  signals: readonly AbortSignal[],
): AsyncIterator<StoredEvent, undefined> {
  const stop = new AbortController();
  const listener = onAbort(signals, () => stop.abort());
  const leave = () => {
    listener[Symbol.dispose]();
    stop.abort();
  };
  const inner = open(stop.signal);
  return {
    next: async () => {
      let result: IteratorResult<StoredEvent, undefined> | undefined;
      try {
        result = await inner.next();
        return result;
      } finally {
        if (result?.done !== false) leave();
      }
    },
    return: async () => {
      leave();
      return await inner.return(undefined);
    },
  };
}

async function* events(
  log: FollowedLog,
  request: FollowRequest,
  end: Promise<Seq> | undefined,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent, undefined, undefined> {
  const { structural } = request;
  const last = (await end) ?? Infinity;
  let position = request.after;
  let over = false;
  while (!signal.aborted && position < last) {
    const page = await nextPage(log, position, structural);
    const moved = page.through > position;
    for (const event of page.events) {
      if (signal.aborted || event.seq > last) return;
      yield event;
      if (event.type === 'run.finished' && request.until === 'finished') return;
    }
    position = Math.max(position, page.through);
    if (moved) continue;
    if (over || end !== undefined) return;
    over = request.until === 'finished' && (await log.isOver());
    // Read once more: events may have been appended just before the end.
    if (!over) await log.changed(position, signal);
  }
}

async function nextPage(log: FollowedLog, after: Seq, structural: boolean): Promise<Page> {
  const recent = log.recent(after);
  if (recent === undefined) {
    await log.turn.enter(cost.readPage);
    return await log.page(after, structural);
  }
  await log.turn.enter(cost.handOver(recent.length));
  const events = structural ? recent.filter((event) => event.type !== 'output') : recent;
  return { events, through: recent.at(-1)?.seq ?? after };
}
