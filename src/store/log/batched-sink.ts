/**
 * The event sink of a run's owner. Stamps events, batches them, and appends them in order.
 *
 * Structural events are stored in the next turn of the event loop, so concurrent events share a commit. Output waits a
 * few milliseconds or for a full batch. One append runs at a time. Events that arrive meanwhile go into the next
 * append.
 */
import type { OutputEvent, OwnerEvent, Seq } from '../../events/event.ts';
import type { EventSink } from '../../events/sink.ts';
import type { Clock } from '../../model/clock.ts';
import { PendingEvents } from './pending-events.ts';
import { ProgressPacer, subjectOf } from './progress-pacer.ts';
import type { RunLog } from '../store.ts';

export interface BatchedSinkOptions {
  readonly log: Pick<RunLog, 'append'>;
  /** Stamps events and paces progress. */
  readonly clock: Clock;
  /** Called once when an append has failed, usually with a `StoreError`. All later events are dropped. */
  onBroken(error: unknown): void;
}

export interface BatchedSink extends EventSink {
  /** Stores the remaining events. Later events are dropped. Never rejects: `onBroken` reports a failure. */
  close(): Promise<void>;
}

export function openBatchedSink(options: BatchedSinkOptions): BatchedSink {
  return new Batching(options);
}

const outputDelayMs = 5;
const fullBatchBytes = 256 << 10;
const maxWaitingBytes = 8 << 20;

interface Drain {
  readonly added: number;
  readonly resolve: (seq: Seq) => void;
  readonly reject: (error: unknown) => void;
}

class Batching implements BatchedSink {
  readonly #pending = new PendingEvents();
  readonly #progress: ProgressPacer;
  #drains: Drain[] = [];
  #writers: (() => void)[] = [];
  #delay: NodeJS.Timeout | undefined;
  #scheduled = false;
  /** New events must not wait for the delay. */
  #due = false;
  #appending = false;
  #inFlightBytes = 0;
  /** The number of accepted events. `stored` counts those in the store. */
  #added = 0;
  #storedCount = 0;
  #lastSeq: Seq | undefined;
  #broken: { readonly error: unknown } | undefined;
  #closed = false;
  readonly #options: BatchedSinkOptions;

  constructor(options: BatchedSinkOptions) {
    this.#options = options;
    this.#progress = new ProgressPacer(options.clock, (event) => this.#add(event));
  }

  emit(event: Exclude<OwnerEvent, OutputEvent>): void {
    if (this.#isShut) return;
    if (event.type === 'step.observed' && subjectOf(event) !== undefined) {
      this.#progress.pace(event);
      return;
    }
    if ('step' in event) this.#progress.flush(event.step);
    if (event.type === 'step.finished') this.#progress.forget(event.step);
    this.#add(event);
  }

  write(event: OutputEvent): void | Promise<void> {
    if (this.#isShut) return;
    this.#added += 1;
    this.#pending.add({ ...event, at: this.#options.clock.now() });
    if (this.#pending.bytes >= fullBatchBytes) this.#schedule();
    else if (!this.#scheduled) this.#delay ??= setTimeout(() => this.#schedule(), outputDelayMs);
    if (this.#waitingBytes >= maxWaitingBytes) return new Promise((resolve) => this.#writers.push(resolve));
  }

  async stored(): Promise<Seq> {
    if (!this.#isShut) this.#progress.flushAll();
    if (this.#broken) throw this.#broken.error;
    if (this.#storedCount === this.#added) return (this.#lastSeq ??= await this.#options.log.append([]));
    this.#schedule();
    return await new Promise<Seq>((resolve, reject) => this.#drains.push({ added: this.#added, resolve, reject }));
  }

  async close(): Promise<void> {
    const drained = this.stored();
    this.#closed = true;
    this.#progress.close();
    await drained.catch(() => undefined);
    clearTimeout(this.#delay);
  }

  get #isShut(): boolean {
    return this.#closed || this.#broken !== undefined;
  }

  get #waitingBytes(): number {
    return this.#pending.bytes + this.#inFlightBytes;
  }

  #add(event: Exclude<OwnerEvent, OutputEvent>): void {
    this.#added += 1;
    this.#pending.add({ ...event, at: this.#options.clock.now() });
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#delay);
    this.#delay = undefined;
    this.#due = true;
    if (this.#scheduled || this.#appending || this.#broken) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#appendAll();
    });
  }

  async #appendAll(): Promise<void> {
    if (this.#appending) return;
    this.#appending = true;
    try {
      while (this.#due) {
        this.#due = false;
        const target = this.#added;
        while (this.#storedCount < target) await this.#appendBatch();
      }
    } catch (error) {
      this.#breakDown(error);
    } finally {
      this.#appending = false;
    }
  }

  async #appendBatch(): Promise<void> {
    const { events, bytes, added } = this.#pending.take();
    this.#inFlightBytes = bytes;
    this.#lastSeq = await this.#options.log.append(events);
    this.#inFlightBytes = 0;
    this.#storedCount += added;
    if (this.#waitingBytes < maxWaitingBytes) this.#releaseWriters();
    const done = this.#drains.filter((drain) => drain.added <= this.#storedCount);
    this.#drains = this.#drains.filter((drain) => drain.added > this.#storedCount);
    for (const drain of done) drain.resolve(this.#lastSeq);
  }

  #breakDown(error: unknown): void {
    this.#broken = { error };
    this.#pending.clear();
    this.#inFlightBytes = 0;
    this.#progress.close();
    // Release waiting writers. What they write later is dropped.
    this.#releaseWriters();
    const drains = this.#drains;
    this.#drains = [];
    for (const drain of drains) drain.reject(error);
    this.#options.onBroken(error);
  }

  #releaseWriters(): void {
    const writers = this.#writers;
    this.#writers = [];
    for (const resolve of writers) resolve();
  }
}
