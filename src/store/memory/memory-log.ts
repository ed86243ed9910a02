/** The log of a run in memory, with the interface of a database log. */
import type { Seq, StampedEvent, StoredEvent } from '../../events/event.ts';
import { entryOf, LazyPage } from '../log/event-page.ts';
import { followLog, followPages, type FollowedLog, type FollowRequest } from '../log/follow.ts';
import type { HeldLease } from '../held-lease.ts';
import { StoreError } from '../store.ts';
import type { EventPage, OutputQuery, RunLog, RunReader, StoredOutput, Until } from '../store.ts';
import { cutToTail } from '../log/tail.ts';
import { headOf, type MemoryRun, type MemoryState } from './memory-state.ts';

const pageEvents = 512;

export class MemoryReader implements RunReader {
  protected readonly closing = new AbortController();
  readonly #log: FollowedLog;

  constructor(
    protected readonly state: MemoryState,
    protected readonly run: MemoryRun,
    isOwnerDead: () => boolean,
  ) {
    this.#log = {
      turn: state.turn,
      head: async () => headOf(run),
      recent: () => undefined,
      page: async (after, structural) => pageOf(run.events, after, structural),
      isOver: async () => run.folded.finishedAt !== undefined || isOwnerDead(),
      changed: async (after, signal) => {
        if (headOf(run) <= after) await state.changed([signal], false);
      },
    };
  }

  pages(after: Seq, signal: AbortSignal, until: Until, what: 'all' | 'structural' = 'all'): AsyncIterable<EventPage> {
    return followPages(this.#log, this.#request(after, signal, until, what));
  }

  follow(
    after: Seq,
    signal: AbortSignal,
    until: Until,
    what: 'all' | 'structural' = 'all',
  ): AsyncIterable<StoredEvent> {
    return followLog(this.#log, this.#request(after, signal, until, what));
  }

  #request(after: Seq, signal: AbortSignal, until: Until, what: 'all' | 'structural'): FollowRequest {
    return { after, until, structural: what === 'structural', signals: [signal, this.closing.signal] };
  }

  async *output(query: OutputQuery, signal: AbortSignal): AsyncIterable<StoredOutput> {
    const chunks = this.run.events
      .filter((event) => event.type === 'output')
      .filter((event) => isSelected(event, query));
    for (const chunk of tailOf(chunks, query.tailBytes)) {
      if (signal.aborted || this.closing.signal.aborted) return;
      yield chunk;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closing.abort();
  }
}

export class MemoryLog extends MemoryReader implements RunLog {
  #sealed = false;
  readonly #epoch: number;
  readonly #lease: HeldLease;

  constructor(state: MemoryState, run: MemoryRun, isOwnerDead: () => boolean, epoch: number, lease: HeldLease) {
    super(state, run, isOwnerDead);
    this.#epoch = epoch;
    this.#lease = lease;
  }

  async append(events: readonly StampedEvent[]): Promise<Seq> {
    const { run } = this;
    const epoch = this.#epoch;
    if (this.#sealed) throw new StoreError('not-owner', `run ${run.id} has been released by this process`);
    if (run.lease?.epoch !== epoch) throw this.#lease.lose(run.lease?.epoch);
    return this.state.append(run, epoch, events);
  }

  async cut(through: Seq, state: object): Promise<void> {
    const { events, lease, id } = this.run;
    if (this.#sealed) throw new StoreError('not-owner', `run ${id} has been released by this process`);
    if (lease?.epoch !== this.#epoch) throw this.#lease.lose(lease?.epoch);
    const place = events.findIndex(({ seq }) => seq === through);
    const replaced = events[place];
    if (replaced === undefined) throw new RangeError(`run ${id} has no event ${through}`);
    const { run, epoch, at, seq } = replaced;
    events.splice(0, place + 1, { type: 'log.floor', state: structuredClone(state), run, epoch, at, seq });
  }

  seal(): void {
    this.#sealed = true;
  }
}

function pageOf(events: readonly StoredEvent[], after: Seq, structural: boolean): LazyPage {
  const from = Math.max(0, after + 1 - (events[0]?.seq ?? 1));
  const read = events.slice(from, from + pageEvents);
  const page = structural ? read.filter(({ type }) => type !== 'output') : read;
  return new LazyPage(
    page.map((event) => entryOf(event)),
    read.at(-1)?.seq ?? after,
  );
}

function isSelected({ from }: StoredOutput, { step, attempt, workload, container }: OutputQuery): boolean {
  if (step !== undefined)
    return 'step' in from && from.step === step && (attempt === undefined || from.attempt === attempt);
  if (workload === undefined) return true;
  return 'workload' in from && from.workload === workload && (container === undefined || from.container === container);
}

function tailOf(chunks: readonly StoredOutput[], tailBytes: number | undefined): readonly StoredOutput[] {
  if (tailBytes === undefined) return chunks;
  let missing = tailBytes;
  let from = chunks.length;
  while (from > 0 && missing > 0) missing -= chunks[--from]?.bytes.length ?? 0;
  const [first, ...rest] = chunks.slice(from);
  if (first === undefined) return [];
  return missing < 0 ? [cutToTail(first, -missing), ...rest] : [first, ...rest];
}
