/**
 * How a log is handed to somebody: what is stored, page by page, then what comes, from one cursor. The same for every
 * store.
 */
import type { Seq, StoredEvent } from '../../events/event.ts';
import { onAbort } from '../../util/on-abort.ts';
import type { Turn } from '../turn.ts';
import { cost } from '../turn.ts';

/** A page is read in well under a frame, and holds nothing open afterwards. */
export interface Page {
  readonly events: readonly StoredEvent[];
  /** Everything up to here was looked at; where it is `after`, that was the end of the log. */
  readonly through: Seq;
}

/** The part of a store's log that followers need. */
export interface FollowedLog {
  /** Shared by all that work for the same process. */
  readonly turn: Turn;
  /** The number of the last stored event. */
  head(): Promise<Seq>;
  /** What was appended in this process a moment ago, without a read; `undefined`: read a page. */
  recent(after: Seq): readonly StoredEvent[] | undefined;
  page(after: Seq, structural: boolean): Promise<Page>;
  /** Whether nothing more will come: the run has finished, or its owner is dead. */
  isOver(): Promise<boolean>;
  /** Resolves when there may be something after `after`, or it may be over, or the signal is aborted. Never rejects. */
  changed(after: Seq, signal: AbortSignal): Promise<void>;
}

export interface FollowRequest {
  readonly after: Seq;
  readonly until: 'now' | 'finished' | 'forever';
  readonly structural: boolean;
  /** Any of these ends it. */
  readonly signals: readonly AbortSignal[];
}

/**
 * An iterable that may be iterated once per call of `[Symbol.asyncIterator]`. Leaving by `return` (what `break` calls)
 * ends a `next` that waits, which a generator alone would not do.
 */
export function followLog(log: FollowedLog, request: FollowRequest): AsyncIterable<StoredEvent> {
  // "Now" is the moment of the call, not of the first `next`.
  const end = request.until === 'now' ? log.head() : undefined;
  // Whoever iterates sees the rejection; whoever never does shall not end the process with it.
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
  const unlisten = onAbort(signals, () => stop.abort());
  const leave = () => {
    unlisten();
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
    // What was appended just before it was over is still to be read.
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
