import type { LogChunk, LogPosition } from '../../running-container.ts';
import { replacedDetail, replacement } from '../workload/container-output.ts';
import type { LogCursors } from '../workload/log-reading.ts';
import { EntryCounter, markText, parseMark, type LogAnchor } from './log-anchor.ts';
import { LogBell } from './log-bell.ts';
import { openEntries, type EntryQuery, type EntrySource, type LogEntry, type Side } from './log-entries.ts';
import { mayBeCut, type LogLimits } from './log-limits.ts';

export interface RotatedSource extends EntrySource {
  readonly limits: LogLimits;
  /** See `LogPosition`. */
  readonly since?: number;
}

export const beginningLost =
  'the log is so long that the engine may have deleted its beginning, so output may be missing here';
export const middleLost =
  'the engine has deleted the last line that was read and what was before it, so output may be missing here';
export const unknownMark = 'the place in the log where reading stopped is unknown, so output may be missing here';
export const endLost = 'the engine removed the log before all of it was read, so output may be missing here';

const fewestEntries = 256;
const mostEntries = 4 * 1024 * 1024;
/** Entries at the end of a long line have the same time. */
const endEntries = 64;
/** A bell may be deaf after a rotation. */
const bellTrustedMs = 5_000;
const betweenReadingsMs = 50;
const bellEndsWithinMs = 1_000;

/**
 * Reads a log whose beginning the engine deletes when the log is too long. One reading without `follow` is exact: it has
 * the log as it was when the engine opened its files. The next reading goes on after the last entry that was read, found
 * by its time. It asks for the last entries only, and for more of them until they overlap. If even the whole log begins
 * after that entry, the engine has deleted what was between.
 *
 * Limits: with a single file, nothing tells whether the beginning was deleted before the first reading. A line without
 * an end that is longer than the log has one time for all its pieces, so its gaps may be missed.
 */
export class RotatedLog {
  readonly #source: RotatedSource;
  readonly #cursors: LogCursors;
  /** Bytes after the anchor that were read before. */
  readonly #skip: LogCursors;
  #counter = new EntryCounter();
  #anchor: LogAnchor | undefined;
  /** The first entry of the log when it was last read whole. */
  #head: string | undefined;
  /** A mark that cannot be read. */
  #isLost = false;
  #isToldOfBytes = false;
  #entries = fewestEntries;
  /** How many entries the current reading returned that are new. */
  #fresh = 0;
  #isQuiet = false;
  #bell: LogBell | undefined;

  constructor(source: RotatedSource, { cursors = {}, mark: text }: LogPosition) {
    this.#source = source;
    const mark = text === undefined ? undefined : parseMark(text);
    this.#isLost = text !== undefined && mark === undefined;
    this.#anchor = mark?.anchor;
    this.#counter = new EntryCounter(mark?.anchor);
    this.#cursors = { ...(mark?.cursors ?? { stdout: 0, stderr: 0 }) };
    this.#skip = { stdout: 0, stderr: 0 };
    for (const side of ['stdout', 'stderr'] as const)
      this.#skip[side] = Math.max(0, (cursors[side] ?? 0) - this.#cursors[side]);
  }

  /** Yields what is new. With `follow`, until the process ends. */
  async *read(follow: boolean, signal: AbortSignal): AsyncGenerator<LogChunk, void, undefined> {
    if (follow) await this.#openBell(signal);
    yield* this.#catchUp(signal);
    const { session } = this.#source;
    while (follow && !signal.aborted) {
      const bell = this.#bell;
      if (this.#isQuiet && bell !== undefined) await bell.rung(bellTrustedMs, session, signal);
      else if (this.#fresh < fewestEntries) await session.clock.sleep(betweenReadingsMs, signal);
      const isOver = bell?.over === true && bell.kept !== undefined;
      if (bell?.kept === undefined) this.close();
      // A bell costs the engine as much as a reading, so a busy log has none.
      if (this.#bell === undefined && this.#fresh < fewestEntries) await this.#openBell(signal);
      yield* this.#catchUp(signal);
      if (isOver) return;
    }
  }

  /** Yields what the engine returned of a log that is gone. */
  async *last(signal: AbortSignal): AsyncGenerator<LogChunk, void, undefined> {
    await this.#bell?.ended(bellEndsWithinMs, this.#source.session, signal);
    const kept = this.#bell?.kept;
    if (kept === undefined) {
      if (!this.#isQuiet && this.#anchor !== undefined) yield this.#lost(endLost, this.#anchor.stream);
      return;
    }
    const anchor = this.#anchor;
    const counter = new EntryCounter();
    const at = kept.findIndex((entry) => isSame(counter.push(entry), anchor));
    const isNew = ({ time }: LogEntry) => anchor === undefined || time > anchor.time;
    yield* this.#chunks(at >= 0 ? kept.slice(at + 1) : kept.filter(isNew));
  }

  async #openBell(signal: AbortSignal): Promise<void> {
    const bell = await LogBell.open(this.#source, signal);
    this.close();
    this.#bell = bell;
  }

  close(): void {
    this.#bell?.close();
    this.#bell = undefined;
  }

  async *#catchUp(signal: AbortSignal): AsyncGenerator<LogChunk, void, undefined> {
    this.#fresh = 0;
    if (this.#anchor === undefined) yield* this.#first(signal);
    else yield* this.#next(this.#anchor, signal);
    this.#isQuiet = this.#fresh === 0;
    this.#entries = Math.max(fewestEntries, this.#fresh + Math.ceil(this.#fresh / 4));
  }

  async *#first(signal: AbortSignal): AsyncGenerator<LogChunk, void, undefined> {
    const { since, limits } = this.#source;
    const newest: LogEntry[] = [];
    for await (const entries of await this.#open({ tail: endEntries }, signal)) newest.push(...entries);
    const last = newest.at(-1);
    if (last === undefined) return;
    if (this.#isLost || (since !== undefined && Date.parse(last.time) < since)) {
      if (this.#isLost) yield this.#lost(unknownMark, last.stream);
      this.#goOnAfter(newest);
      return;
    }
    const isWhole = since === undefined;
    let isFirst = true;
    // The engine keeps the files of this reading, while another one measures them.
    for await (const entries of await this.#open(isWhole ? {} : { since }, signal)) {
      if (isFirst) {
        const [first] = entries as [LogEntry];
        const isCut =
          (isWhole || (await this.#beginsAfter(since, signal))) && (await mayBeCut(this.#source, limits, signal));
        if (isCut) yield this.#lost(beginningLost, first.stream);
        if (isWhole) this.#head = first.time;
        isFirst = false;
      }
      yield* this.#chunks(entries);
    }
  }

  async #beginsAfter(since: number, signal: AbortSignal): Promise<boolean> {
    for await (const [first] of await this.#open({}, signal))
      return first !== undefined && Date.parse(first.time) > since;
    return false;
  }

  async *#next(anchor: LogAnchor, signal: AbortSignal): AsyncGenerator<LogChunk, void, undefined> {
    if (yield* this.#after(anchor, this.#entries, signal)) return;
    if (yield* this.#afterGap(anchor, signal)) return;
    for (let tail = this.#entries * 2; tail < mostEntries; tail *= 2)
      if (yield* this.#after(anchor, tail, signal)) return;
    if (yield* this.#after(anchor, undefined, signal)) return;
    // The clock was set back, or the log was emptied. Skipping what there is repeats nothing.
    const newest: LogEntry[] = [];
    for await (const entries of await this.#open({ tail: endEntries }, signal)) newest.push(...entries);
    if (newest.length === 0) return;
    yield this.#lost(unknownMark, newest[0]!.stream);
    this.#goOnAfter(newest);
  }

  /** Skips what there is. */
  #goOnAfter(newest: readonly LogEntry[]): void {
    this.#counter = new EntryCounter();
    for (const entry of newest) this.#anchor = this.#counter.push(entry);
    for (const side of ['stdout', 'stderr'] as const) {
      this.#cursors[side] += this.#skip[side];
      this.#skip[side] = 0;
    }
  }

  /** Yields what follows the anchor. Returns false if the anchor is not among these entries. */
  async *#after(
    anchor: LogAnchor,
    tail: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<LogChunk, boolean, undefined> {
    let isFound = false;
    let isEmpty = true;
    const counter = new EntryCounter();
    for await (const entries of await this.#open(tail === undefined ? {} : { tail }, signal)) {
      let from = 0;
      // The first of the entries with the anchor's time may be before these.
      if (isEmpty && tail !== undefined && entries[0]!.time >= anchor.time) return false;
      isEmpty = false;
      while (!isFound && from < entries.length) isFound = isSame(counter.push(entries[from++]!), anchor);
      if (isFound) yield* this.#chunks(entries.slice(from));
    }
    return isFound || isEmpty;
  }

  /** Reads the whole log if it begins at the anchor, or after it because of a gap. Returns false otherwise. */
  async *#afterGap(anchor: LogAnchor, signal: AbortSignal): AsyncGenerator<LogChunk, boolean, undefined> {
    let isBegun = false;
    let isFound = false;
    const counter = new EntryCounter();
    for await (const entries of await this.#open({}, signal)) {
      const [first] = entries as [LogEntry];
      if (!isBegun) {
        if (first.time < anchor.time) return false;
        // The head is known: the engine deleted nothing, so its clock was set back.
        isFound = first.time > anchor.time && first.time !== this.#head;
        if (isFound) yield this.#lost(middleLost, first.stream);
        isBegun = true;
        this.#head = first.time;
      }
      let from = 0;
      while (!isFound && from < entries.length) isFound = isSame(counter.push(entries[from++]!), anchor);
      yield* this.#chunks(entries.slice(from));
    }
    return isFound;
  }

  async #open(query: EntryQuery, signal: AbortSignal): Promise<AsyncGenerator<readonly LogEntry[], void, undefined>> {
    return await openEntries(this.#source, query, signal);
  }

  #lost(lost: string, stream: Side): LogChunk {
    return { stream, lost, cursor: this.#cursors[stream] + this.#skip[stream] };
  }

  /** One chunk for neighbours of the same stream. */
  *#chunks(entries: readonly LogEntry[]): Generator<LogChunk, void, undefined> {
    for (let at = 0; at < entries.length;) {
      const { stream } = entries[at]!;
      const parts: Buffer[] = [];
      for (; at < entries.length && entries[at]!.stream === stream; at++) {
        this.#anchor = this.#counter.push(entries[at]!);
        this.#fresh++;
        this.#isQuiet = false;
        parts.push(entries[at]!.bytes);
      }
      const all = Buffer.concat(parts);
      const skipped = Math.min(all.length, this.#skip[stream]);
      this.#skip[stream] -= skipped;
      this.#cursors[stream] += all.length;
      const bytes = all.subarray(skipped);
      if (bytes.length === 0) continue;
      const cursor = this.#cursors[stream];
      if (!this.#isToldOfBytes && bytes.includes(replacement)) {
        this.#isToldOfBytes = true;
        yield { stream, lost: replacedDetail, cursor: cursor - bytes.length };
      }
      yield { stream, bytes, cursor, mark: markText({ anchor: this.#anchor!, cursors: this.#cursors }) };
    }
  }
}

function isSame(one: LogAnchor, other: LogAnchor | undefined): boolean {
  return one.time === other?.time && one.stream === other.stream && one.nth === other.nth;
}
