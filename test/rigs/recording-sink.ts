import { setTimeout as after } from 'node:timers/promises';
import type { OutputEvent, RunEvent, Seq } from '../../src/events/event.ts';
import type { EventSink } from '../../src/events/sink.ts';
import { matches, type Pattern } from './partial-match.ts';

/** Remembers what it is told; everything is stored at once. */
export class RecordingSink implements EventSink {
  readonly events: RunEvent[] = [];
  readonly #watchers = new Set<() => void>();

  emit(event: Exclude<RunEvent, OutputEvent>): void {
    this.#add(event);
  }

  write(event: OutputEvent): void {
    this.#add(event);
  }

  async stored(): Promise<Seq> {
    return this.events.length;
  }

  /** All events that match, so far. */
  having(pattern: Pattern): RunEvent[] {
    return this.events.filter((event) => matches(event, pattern));
  }

  onEvent(look: () => void): Disposable {
    this.#watchers.add(look);
    return { [Symbol.dispose]: () => void this.#watchers.delete(look) };
  }

  #add(event: RunEvent): void {
    this.events.push(event);
    for (const look of [...this.#watchers]) look();
  }
}

/**
 * Longer than anything that works takes, shorter than a test's own limit: so that the rejection can say what did come.
 */
const cleanupTimeoutMs = 20_000;

/** The first event that matches, once it is there. Rejects with all that came instead. */
export async function eventually(sink: RecordingSink, pattern: Pattern): Promise<RunEvent> {
  const enough = new AbortController();
  using _ = sink.onEvent(() => {
    if (sink.having(pattern).length > 0) enough.abort();
  });
  if (sink.having(pattern).length === 0)
    await after(cleanupTimeoutMs, undefined, { signal: enough.signal, ref: false }).catch(() => undefined);
  const [found] = sink.having(pattern);
  if (found === undefined)
    throw new Error(
      `no event like ${JSON.stringify(pattern)}; there were:\n${sink.events.map((event) => JSON.stringify(event)).join('\n')}`,
    );
  return found;
}
