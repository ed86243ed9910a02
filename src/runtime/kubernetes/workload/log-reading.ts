import { LogLines } from './log-lines.ts';
import type { LogPosition } from './log-position.ts';
import { LogSearch, partOf, type LogStart } from './log-search.ts';
import type { LogStamp } from './log-stamp.ts';

const newline = 0x0a;
/**
 * How much of an unfinished line is held back. The kubelet may append an error text to it, and only the end of the
 * stream tells.
 */
const maxHeldBytes = 4 * 1024;

/** Reads one response of the API, starting at the position. Moves the position to the end of the returned bytes. */
export class LogReading {
  readonly #search: LogSearch;
  readonly #lines: LogLines;
  #taken = 0;
  #empty = true;
  #held: Buffer = Buffer.alloc(0);
  readonly #position: LogPosition;

  constructor(start: LogStart, position: LogPosition) {
    this.#position = position;
    this.#search = new LogSearch(start, position);
    const base = this.#search.base;
    const { sinceTime, tailLines } = partOf(start);
    const isPart = sinceTime !== undefined || tailLines !== undefined;
    this.#lines = new LogLines(
      (stamp, before) => this.#search.judge(stamp, base + this.#taken + before),
      () => isPart && !this.#search.found,
    );
  }

  /** Returns the new bytes. */
  push(buffer: Buffer): Buffer {
    this.#empty = false;
    const bytes = this.#lines.push(buffer);
    const from = this.#search.base + this.#taken;
    this.#taken += bytes.length;
    const fresh = bytes.subarray(Math.min(bytes.length, Math.max(0, this.#wanted - from)));
    const all = this.#held.length === 0 ? fresh : Buffer.concat([this.#held, fresh]);
    const cut = this.#lines.open ? Math.max(all.lastIndexOf(newline) + 1, all.length - maxHeldBytes) : all.length;
    this.#held = all.subarray(cut);
    return this.#given(all.subarray(0, cut));
  }

  /** Returns the bytes that were held back, once they are known to belong to the log. */
  release(): Buffer {
    const bytes = this.#held;
    this.#held = Buffer.alloc(0);
    return this.#given(bytes);
  }

  /** The unreturned end of an unfinished line. */
  get tail(): Buffer {
    return this.#held;
  }

  end(): void {
    this.#lines.end();
  }

  /** Nothing has arrived, not even part of a stamp. */
  get empty(): boolean {
    return this.#empty;
  }

  get found(): boolean {
    return this.#search.found;
  }

  /** A line arrived that cannot come before the searched or expected line. */
  get stopped(): boolean {
    return this.#lines.stopped;
  }

  get sawLater(): boolean {
    return this.#search.sawLater;
  }

  get foreign(): string | undefined {
    return this.#lines.foreign;
  }

  /** The number of bytes still to skip before the first wanted byte. */
  get missing(): number {
    return Math.max(0, this.#position.cursor - this.#search.base - this.#taken);
  }

  /** Reports whether everything printed up to some moment was read, and nothing has arrived since. */
  get settled(): boolean {
    return this.#position.settled === this.#position.cursor;
  }

  settle(): void {
    this.#position.settled = this.#position.cursor;
  }

  get expected(): LogStamp | undefined {
    return this.#search.expected;
  }

  /** Records the first line of the current file. It must arrive unless it already has. */
  expect(stamp: LogStamp): void {
    this.#search.expect(stamp);
  }

  get #wanted(): number {
    return this.#position.cursor + this.#held.length;
  }

  #given(bytes: Buffer): Buffer {
    this.#position.cursor += bytes.length;
    return bytes;
  }
}
