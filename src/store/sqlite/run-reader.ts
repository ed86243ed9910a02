/** Reads one run. The owner and the readers of a process share its feed. */
import type { Seq, StoredEvent } from '../../events/event.ts';
import { followLog, followPages, type FollowRequest } from '../log/follow.ts';
import type { EventPage, OutputQuery, RunReader, StoredOutput, Until } from '../store.ts';
import { cutToTail } from '../log/tail.ts';
import { cost } from '../turn-budget.ts';
import type { RunFeed } from './run-feed.ts';

export class SqliteRunReader implements RunReader {
  readonly #closing = new AbortController();
  readonly #free: () => void;

  /** @param free called once, when the feed is no longer needed */
  constructor(
    protected readonly feed: RunFeed,
    free: () => void,
  ) {
    this.#free = free;
  }

  pages(after: Seq, signal: AbortSignal, until: Until, what: 'all' | 'structural' = 'all'): AsyncIterable<EventPage> {
    return followPages(this.feed, this.#request(after, signal, until, what));
  }

  follow(
    after: Seq,
    signal: AbortSignal,
    until: Until,
    what: 'all' | 'structural' = 'all',
  ): AsyncIterable<StoredEvent> {
    return followLog(this.feed, this.#request(after, signal, until, what));
  }

  #request(after: Seq, signal: AbortSignal, until: Until, what: 'all' | 'structural'): FollowRequest {
    return { after, until, structural: what === 'structural', signals: [signal, this.#closing.signal] };
  }

  async *output(query: OutputQuery, signal: AbortSignal): AsyncIterable<StoredOutput> {
    const { file } = this.feed;
    const stopped = () => signal.aborted || this.#closing.signal.aborted;
    if (stopped()) return;
    const head = await file.head();
    const tail = query.tailBytes === undefined ? undefined : await file.outputStart(query, query.tailBytes, head);
    let position = tail?.after ?? 0;
    let surplus = tail?.surplus ?? 0;
    while (!stopped()) {
      await this.feed.turn.enter(cost.readPage);
      const page = await file.outputPage(query, position, head);
      if (page.length === 0) return;
      for (const chunk of page) {
        if (stopped()) return;
        position = chunk.seq;
        yield surplus > 0 ? cutToTail(chunk, surplus) : chunk;
        surplus = 0;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#free();
  }
}
