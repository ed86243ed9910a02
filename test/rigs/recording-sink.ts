import { setTimeout as after } from 'node:timers/promises';
import type { OutputEvent, RunEvent, Seq } from '../../src/events/event.ts';
import type { EventSink } from '../../src/events/sink.ts';
import { matches, type Pattern } from './partial-match.ts';

/** Records events. Everything is stored immediately. */
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

  /** Returns all matching events so far. */
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

/** Longer than a working test needs, and shorter than its timeout, so that the rejection can list the events. */
const cleanupTimeoutMs = 20_000;

/** Resolves with the first matching event. Rejects with all other events. */
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
