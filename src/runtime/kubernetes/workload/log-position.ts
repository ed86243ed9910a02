import type { Cursor } from '../../../model/work.ts';
import { compareStamps, type LogStamp } from './log-stamp.ts';

/**
 * A line of a log, so that it can be found again: the API knows no byte positions, and `sinceTime` only whole seconds.
 */
export interface LogMark {
  /** Of the line's first byte. */
  readonly cursor: Cursor;
  readonly stamp: LogStamp;
  /** Which one of the lines with this stamp it is, from 1 on: clocks may be coarse. */
  readonly nth: number;
}

/**
 * As many stamps are remembered: far more than can come out of turn, since both streams of a container have at most one
 * line in hand.
 */
const remembered = 64;

/** Where the reading of one log is. */
export class LogPosition {
  /** Up to here the bytes have been handed over. */
  cursor: Cursor;
  /**
   * Up to here all had been read that was printed at some moment: a stream that lived was silent for longer than the
   * kubelet ever is.
   */
  settled: Cursor | undefined;
  #first: LogMark | undefined;
  #latest: LogStamp | undefined;
  /** Of the lines that were begun last, one entry for each run of equal stamps, in a ring. */
  readonly #seconds = new Float64Array(remembered);
  readonly #nanos = new Float64Array(remembered);
  readonly #counts = new Float64Array(remembered);
  #last = remembered - 1;
  #lineCursor: Cursor = 0;
  #begun = false;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  /** The line that was begun last. */
  get mark(): LogMark | undefined {
    if (!this.#begun) return undefined;
    const stamp = { seconds: this.#seconds[this.#last] ?? 0, nanos: this.#nanos[this.#last] ?? 0 };
    return { cursor: this.#lineCursor, stamp, nth: this.#countOf(stamp) };
  }

  /** The container's first line, if the reading began there. */
  get first(): LogMark | undefined {
    return this.#first;
  }

  /** The latest stamp of any line so far. */
  get latest(): LogStamp | undefined {
    return this.#latest;
  }

  /** Goes on behind this line, which another reader has begun. */
  resume(mark: LogMark): void {
    this.#counts.fill(0);
    this.begin(mark.stamp, mark.cursor);
    this.#counts[this.#last] = mark.nth;
  }

  /** The next line begins. */
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

  /** Whether one of the last lines had this stamp. */
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
