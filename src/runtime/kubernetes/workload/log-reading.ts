import { LogLines } from './log-lines.ts';
import type { LogPosition } from './log-position.ts';
import { LogSearch, partOf, type LogStart } from './log-search.ts';
import type { LogStamp } from './log-stamp.ts';

const newline = 0x0a;
/**
 * So much of a line that has not ended is held back: the text of an error of the kubelet's may stand behind it, and
 * only the end of the stream tells.
 */
const mostHeld = 4 * 1024;

/** What one answer of the API brings, from the position on. Moves the position to the end of what it has given. */
export class LogReading {
  readonly #search: LogSearch;
  readonly #lines: LogLines;
  #taken = 0;
  #empty = true;
  #held: Buffer = Buffer.alloc(0);

  constructor(
    start: LogStart,
    private readonly position: LogPosition,
  ) {
    this.#search = new LogSearch(start, position);
    const base = this.#search.base;
    const { sinceTime, tailLines } = partOf(start);
    const isPart = sinceTime !== undefined || tailLines !== undefined;
    this.#lines = new LogLines(
      (stamp, before) => this.#search.judge(stamp, base + this.#taken + before),
      () => isPart && !this.#search.found,
    );
  }

  /** The bytes that are new. */
  push(buffer: Buffer): Buffer {
    this.#empty = false;
    const bytes = this.#lines.push(buffer);
    const from = this.#search.base + this.#taken;
    this.#taken += bytes.length;
    const fresh = bytes.subarray(Math.min(bytes.length, Math.max(0, this.#wanted - from)));
    const all = this.#held.length === 0 ? fresh : Buffer.concat([this.#held, fresh]);
    const cut = this.#lines.open ? Math.max(all.lastIndexOf(newline) + 1, all.length - mostHeld) : all.length;
    this.#held = all.subarray(cut);
    return this.#given(all.subarray(0, cut));
  }

  /** What was held back, because more will come or what it is known. */
  release(): Buffer {
    const bytes = this.#held;
    this.#held = Buffer.alloc(0);
    return this.#given(bytes);
  }

  /** The end of a line that has not ended, not given yet. */
  get tail(): Buffer {
    return this.#held;
  }

  end(): void {
    this.#lines.end();
  }

  /** Nothing at all has come, not even a part of a stamp. */
  get empty(): boolean {
    return this.#empty;
  }

  get found(): boolean {
    return this.#search.found;
  }

  /** A line came that must not come before the one that is looked for, or expected. */
  get stopped(): boolean {
    return this.#lines.stopped;
  }

  get sawLater(): boolean {
    return this.#search.sawLater;
  }

  get foreign(): string | undefined {
    return this.#lines.foreign;
  }

  /** How many bytes are still to come before the first one that is wanted. */
  get missing(): number {
    return Math.max(0, this.position.cursor - this.#search.base - this.#taken);
  }

  /** Whether all that had been printed at some moment was read, and nothing has come since. */
  get settled(): boolean {
    return this.position.settled === this.position.cursor;
  }

  settle(): void {
    this.position.settled = this.position.cursor;
  }

  get expected(): LogStamp | undefined {
    return this.#search.expected;
  }

  /** The file that is written to now begins with this line: it has to come, unless it came already. */
  expect(stamp: LogStamp): void {
    this.#search.expect(stamp);
  }

  get #wanted(): number {
    return this.position.cursor + this.#held.length;
  }

  #given(bytes: Buffer): Buffer {
    this.position.cursor += bytes.length;
    return bytes;
  }
}
