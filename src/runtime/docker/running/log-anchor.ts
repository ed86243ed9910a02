import type { LogCursors } from '../workload/log-reading.ts';
import type { LogEntry, Side } from './log-entries.ts';

/** An entry of a log, so that it is found again after the beginning of the log was deleted. */
export interface LogAnchor {
  readonly stream: Side;
  readonly time: string;
  /** It is the nth entry of its stream with this time: pieces of a long line have the same time. From 1. */
  readonly nth: number;
}

/** Counts the entries of each stream that have the same time. */
export class EntryCounter {
  readonly #last: Partial<Record<Side, LogAnchor>> = {};

  constructor(from?: LogAnchor) {
    if (from !== undefined) this.#last[from.stream] = from;
  }

  push({ stream, time }: LogEntry): LogAnchor {
    const last = this.#last[stream];
    const anchor = { stream, time, nth: last?.time === time ? last.nth + 1 : 1 };
    this.#last[stream] = anchor;
    return anchor;
  }
}

export interface LogMark {
  readonly anchor: LogAnchor;
  /** How much of each stream was read up to the anchor. */
  readonly cursors: LogCursors;
}

/** Returns the text of a mark (see `LogPosition`). */
export function markText({ anchor: { stream, time, nth }, cursors }: LogMark): string {
  return [time, stream, nth, cursors.stdout, cursors.stderr].join(' ');
}

/** Returns `undefined` for a mark of another kind. */
export function parseMark(text: string): LogMark | undefined {
  const found = /^(\S{30}) (stdout|stderr) (\d+) (\d+) (\d+)$/.exec(text);
  if (found === null) return undefined;
  const [, time = '', stream, nth, stdout, stderr] = found;
  return {
    anchor: { stream: stream === 'stderr' ? 'stderr' : 'stdout', time, nth: Number(nth) },
    cursors: { stdout: Number(stdout), stderr: Number(stderr) },
  };
}
