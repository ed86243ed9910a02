import type { Cursor } from '../../../model/work.ts';
import { compareStamps, type LogStamp } from './log-stamp.ts';

/** Identifies a line of a log. The API has no byte positions, and `sinceTime` has whole seconds only. */
export interface LogMark {
  /** The cursor of the line's first byte. */
  readonly cursor: Cursor;
  readonly stamp: LogStamp;
  /** The line's ordinal among the lines with this stamp, from 1. Clocks may be coarse. */
  readonly nth: number;
}

/**
 * The number of remembered stamps. Far fewer can be out of order: each of the two output streams holds at most one
 * line.
 */
const remembered = 64;

/** The read position in one log. */
export class LogPosition {
  /** All bytes before this cursor have been returned. */
  cursor: Cursor;
  /**
   * Everything printed up to some moment is before this cursor: a live stream was silent for longer than the kubelet
   * ever is.
   */
  settled: Cursor | undefined;
  #first: LogMark | undefined;
  #latest: LogStamp | undefined;
  /** The last started lines, in a ring. Each run of equal stamps has one entry. */
  readonly #seconds = new Float64Array(remembered);
  readonly #nanos = new Float64Array(remembered);
  readonly #counts = new Float64Array(remembered);
  #last = remembered - 1;
  #lineCursor: Cursor = 0;
  #begun = false;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  /** The last started line. */
  get mark(): LogMark | undefined {
    if (!this.#begun) return undefined;
    const stamp = { seconds: this.#seconds[this.#last] ?? 0, nanos: this.#nanos[this.#last] ?? 0 };
    return { cursor: this.#lineCursor, stamp, nth: this.#countOf(stamp) };
  }

  /** The container's first line, if reading started there. */
  get first(): LogMark | undefined {
    return this.#first;
  }

  /** The latest stamp of all lines so far. */
  get latest(): LogStamp | undefined {
    return this.#latest;
  }

  /** Continues after this line, which another reader has started. */
  resume(mark: LogMark): void {
    this.#counts.fill(0);
    this.begin(mark.stamp, mark.cursor);
    this.#counts[this.#last] = mark.nth;
  }

  /** Called at the start of a line. */
  begin(stamp: LogStamp, cursor: Cursor): void {
    if (!this.#begun && cursor === 0)
      this.#first = { cursor, stamp: { seconds: stamp.seconds, nanos: stamp.nanos }, nth: 1 };
    this.#begun = true;
    this.#lineCursor = cursor;
    if (
      this.#counts[this.#last] !== 0 &&
      stamp.nanos === this.#nanos[this.#last] &&
      stamp.seconds === this.#seconds[this.#last]
    )
      this.#counts[this.#last] = (this.#counts[this.#last] ?? 0) + 1;
    else {
      this.#last = (this.#last + 1) % remembered;
      this.#seconds[this.#last] = stamp.seconds;
      this.#nanos[this.#last] = stamp.nanos;
      this.#counts[this.#last] = 1;
    }
    if (this.#latest === undefined || compareStamps(stamp, this.#latest) > 0)
      this.#latest = { seconds: stamp.seconds, nanos: stamp.nanos };
  }

  /** Reports whether one of the last lines had this stamp. */
  hasSeen(stamp: LogStamp): boolean {
    return this.#countOf(stamp) > 0;
  }

  #countOf({ seconds, nanos }: LogStamp): number {
    let count = 0;
    for (let i = 0; i < remembered; i++)
      if (this.#nanos[i] === nanos && this.#seconds[i] === seconds) count += this.#counts[i] ?? 0;
    return count;
  }
}
