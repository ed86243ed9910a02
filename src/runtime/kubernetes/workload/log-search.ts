import type { Cursor } from '../../../model/work.ts';
import type { LineVerdict } from './log-lines.ts';
import type { LogMark, LogPosition } from './log-position.ts';
import { compareStamps, type LogStamp } from './log-stamp.ts';

/** Where a reading of the log starts. */
export type LogStart =
  /** The container's first line. Valid only while its first file exists. */
  | { readonly at: 'first' }
  /**
   * A known line. `tail`: search the last few lines, where it should be the last one. `later`: search the lines of its
   * second and later, up to the first line that must be after it. `all`: search the whole file, since clocks may be set
   * back.
   */
  | { readonly at: 'mark'; readonly mark: LogMark; readonly among: 'tail' | 'later' | 'all' }
  /**
   * The known line is gone. Start with the first line that is later than all seen lines. `unsure`: this many bytes may
   * have been returned before and are skipped.
   */
  | { readonly at: 'after'; readonly latest: LogStamp; readonly unsure: number };

/** Entries of the file. Each piece of a long line counts. */
const tailLines = 32;

/**
 * Returns which part of the file to request. The API returns lines from a whole second on. Start one second earlier:
 * lines of stdout and stderr are stamped before they are written in turn, so they may be out of order around a second.
 */
export function partOf(start: LogStart): { readonly sinceTime?: string; readonly tailLines?: number } {
  if (start.at === 'first' || (start.at === 'mark' && start.among === 'all')) return {};
  if (start.at === 'mark' && start.among === 'tail') return { tailLines };
  const { seconds } = start.at === 'mark' ? start.mark.stamp : start.latest;
  return { sinceTime: `${new Date((seconds - 1) * 1_000).toISOString().slice(0, 19)}Z` };
}

/** Finds the start in one reading, and tracks the position from there on. */
export class LogSearch {
  /** The first line of a file. A later line in its place means that a file was skipped. */
  #expected: LogStamp | undefined;
  #found = false;
  #sawLater = false;
  #same = 0;

  /** The cursor of the first taken byte. */
  readonly base: Cursor;
  readonly #start: LogStart;
  readonly #position: LogPosition;

  constructor(start: LogStart, position: LogPosition) {
    this.#start = start;
    this.#position = position;
    this.base = start.at === 'first' ? 0 : start.at === 'mark' ? start.mark.cursor : position.cursor - start.unsure;
  }

  get found(): boolean {
    return this.#found;
  }

  /** The searched line did not arrive, but a line later than all seen lines did. */
  get sawLater(): boolean {
    return this.#sawLater && !this.#found;
  }

  get expected(): LogStamp | undefined {
    return this.#expected;
  }

  expect(stamp: LogStamp): void {
    if (this.#found && this.#position.latest !== undefined && compareStamps(stamp, this.#position.latest) > 0)
      this.#expected = stamp;
  }

  /**
   * Decides about a line.
   * @param cursor the position of the line if it is taken
   */
  judge(stamp: LogStamp, cursor: Cursor): LineVerdict {
    if (!this.#found) {
      const verdict = this.#look(stamp);
      if (verdict !== 'take') return verdict;
      this.#found = true;
      // A line that was already read.
      if (
        this.#start.at === 'mark' &&
        this.#position.mark !== undefined &&
        compareStamps(this.#position.mark.stamp, stamp) === 0
      )
        return 'take';
    }
    if (this.#expected !== undefined) {
      const order = compareStamps(stamp, this.#expected);
      if (order > 0) return 'stop';
      if (order === 0) this.#expected = undefined;
    }
    this.#position.begin(stamp, cursor);
    return 'take';
  }

  #look(stamp: LogStamp): LineVerdict {
    switch (this.#start.at) {
      case 'first':
        return 'take';
      case 'after':
        return compareStamps(stamp, this.#start.latest) > 0 ? 'take' : 'pass';
      case 'mark': {
        const { mark, among } = this.#start;
        const order = compareStamps(stamp, mark.stamp);
        if (order === 0) return ++this.#same >= mark.nth ? 'take' : 'pass';
        if (order <= 0 || this.#position.hasSeen(stamp)) return 'pass';
        this.#sawLater ||= this.#position.latest !== undefined && compareStamps(stamp, this.#position.latest) > 0;
        return among === 'all' ? 'pass' : 'stop';
      }
    }
  }
}
