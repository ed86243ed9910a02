import { EngineLost } from '../api/engine-error.ts';
import { settlesWithin } from '../../../util/settles-within.ts';
import { openEntries, type EntrySource, type LogEntry } from './log-entries.ts';

const mostKeptBytes = 1024 * 1024;

/**
 * Follows a log to learn that there is more to read. Docker's follower skips and repeats whole files if the log is
 * rotated faster than it reads, and may stop at a rotation. So its entries count only when the log itself is gone.
 */
export class LogBell {
  #kept: LogEntry[] = [];
  #keptBytes = 0;
  #rung = false;
  #over = false;
  #isWhole = true;
  #wake: () => void = () => undefined;
  readonly #left: AbortController;
  readonly #ended: Promise<void>;

  private constructor(followed: AsyncIterable<readonly LogEntry[]>, left: AbortController) {
    this.#left = left;
    this.#ended = this.#follow(followed);
    this.#ended.catch(() => undefined);
  }

  /** Resolves once the engine follows the log. */
  static async open(source: EntrySource, signal: AbortSignal): Promise<LogBell> {
    const left = new AbortController();
    const until = AbortSignal.any([signal, left.signal]);
    return new LogBell(await openEntries(source, { tail: 0, follow: true }, until), left);
  }

  /** The connection has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Returns all entries since the opening, or `undefined` if not all were kept. */
  get kept(): readonly LogEntry[] | undefined {
    return this.#isWhole ? this.#kept : undefined;
  }

  /** Resolves with the next entry after the last call, at the end, or after this time. Rejects for bugs only. */
  async rung(ms: number, { clock }: EntrySource['session'], signal: AbortSignal): Promise<void> {
    if (!this.#rung && !this.#over)
      await settlesWithin(new Promise<void>((resolve) => (this.#wake = resolve)), ms, clock, signal);
    this.#rung = false;
    if (this.#over) await this.#ended;
  }

  async ended(ms: number, { clock }: EntrySource['session'], signal: AbortSignal): Promise<void> {
    await settlesWithin(this.#ended, ms, clock, signal);
  }

  close(): void {
    if (!this.#over) this.#isWhole = false;
    this.#left.abort();
  }

  async #follow(followed: AsyncIterable<readonly LogEntry[]>): Promise<void> {
    try {
      for await (const entries of followed) this.#take(entries);
    } catch (error) {
      if (!(this.#left.signal.aborted || error instanceof EngineLost)) throw error;
      this.#isWhole = false;
    } finally {
      this.#over = true;
      this.#wake();
    }
  }

  #take(entries: readonly LogEntry[]): void {
    this.#rung = true;
    if (this.#isWhole) {
      for (const entry of entries) this.#keptBytes += entry.bytes.length;
      this.#kept.push(...entries);
      if (this.#keptBytes > mostKeptBytes) this.close();
    }
    this.#wake();
  }
}
