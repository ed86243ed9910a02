import type { Cursor } from '../../../model/work.ts';
import type { LineVerdict } from './log-lines.ts';
import type { LogMark, LogPosition } from './log-position.ts';
import { compareStamps, type LogStamp } from './log-stamp.ts';

/** From where on a reading of the log takes its lines. */
export type LogStart =
  /** The container's first line: only while the first of its files is still there. */
  | { readonly at: 'first' }
  /**
   * A line that is known. It is looked for among the last few (`tail`: where it is believed to be the last one), among
   * those of its second and later up to the first one that must be behind it, or in the whole file (clocks may be set
   * back).
   */
  | { readonly at: 'mark'; readonly mark: LogMark; readonly among: 'tail' | 'later' | 'all' }
  /**
   * The known line is gone: whatever is later than all that was seen. `unsure`: so many bytes may be ones that were
   * handed over, and are left out.
   */
  | { readonly at: 'after'; readonly latest: LogStamp; readonly unsure: number };

/** Entries of the file: pieces of long lines count. */
const tailLines = 32;

/**
 * Which part of the file to ask for. The API gives what is not older than a whole second. One more, since the lines of
 * stdout and stderr are stamped before they are written in turn: around a second's border they may stand the other way
 * round.
 */
export function partOf(start: LogStart): { readonly sinceTime?: string; readonly tailLines?: number } {
  if (start.at === 'first' || (start.at === 'mark' && start.among === 'all')) return {};
  if (start.at === 'mark' && start.among === 'tail') return { tailLines };
  const { seconds } = start.at === 'mark' ? start.mark.stamp : start.latest;
  return { sinceTime: `${new Date((seconds - 1) * 1_000).toISOString().slice(0, 19)}Z` };
}

/** Finds the place in one reading, and keeps the position from there on. */
export class LogSearch {
  /** The first line of a file that has to come: where a later one comes instead, a file was left out. */
  #expected: LogStamp | undefined;
  #found = false;
  #sawLater = false;
  #same = 0;

  /** The cursor of the first byte that is taken. */
  readonly base: Cursor;

  constructor(
    private readonly start: LogStart,
    private readonly position: LogPosition,
  ) {
    this.base = start.at === 'first' ? 0 : start.at === 'mark' ? start.mark.cursor : position.cursor - start.unsure;
  }

  get found(): boolean {
    return this.#found;
  }

  /** The line that is looked for did not come, and one came that is later than all that was seen. */
  get sawLater(): boolean {
    return this.#sawLater && !this.#found;
  }

  get expected(): LogStamp | undefined {
    return this.#expected;
  }

  expect(stamp: LogStamp): void {
    if (this.#found && this.position.latest !== undefined && compareStamps(stamp, this.position.latest) > 0)
      this.#expected = stamp;
  }

  /** @param cursor where the line begins, if it is taken */
  judge(stamp: LogStamp, cursor: Cursor): LineVerdict {
    if (!this.#found) {
      const verdict = this.#look(stamp);
      if (verdict !== 'take') return verdict;
      this.#found = true;
      // Known already, and not a new line.
      if (
        this.start.at === 'mark' &&
        this.position.mark !== undefined &&
        compareStamps(this.position.mark.stamp, stamp) === 0
      )
        return 'take';
    }
    if (this.#expected !== undefined) {
      const order = compareStamps(stamp, this.#expected);
      if (order > 0) return 'stop';
      if (order === 0) this.#expected = undefined;
    }
    this.position.begin(stamp, cursor);
    return 'take';
  }

  #look(stamp: LogStamp): LineVerdict {
    switch (this.start.at) {
      case 'first':
        return 'take';
      case 'after':
        return compareStamps(stamp, this.start.latest) > 0 ? 'take' : 'pass';
      case 'mark': {
        const { mark, among } = this.start;
        const order = compareStamps(stamp, mark.stamp);
        if (order === 0) return ++this.#same >= mark.nth ? 'take' : 'pass';
        if (order <= 0 || this.position.hasSeen(stamp)) return 'pass';
        this.#sawLater ||= this.position.latest !== undefined && compareStamps(stamp, this.position.latest) > 0;
        return among === 'all' ? 'pass' : 'stop';
      }
    }
  }
}
