import type { Clock } from '../../../model/clock.ts';
import type { LogReading } from './log-reading.ts';
import type { LogStamp } from './log-stamp.ts';
import type { LogStream } from './log-stream.ts';

/** How the reading of one stream ended. */
export type ReadingEnd =
  /** In good form, which many a cut looks like. */
  | { readonly as: 'end' }
  /** A line came that shows that the one which is looked for, or expected, does not come. */
  | { readonly as: 'passed' }
  /** The kubelet still reads a file that is not written to any more: the one that is begins with this line. */
  | { readonly as: 'stuck'; readonly next: LogStamp }
  /**
   * Broken off, or refused for now. `waits`: as far as it is known there was nothing to read; `impatient`: we have cut
   * it ourselves.
   */
  | { readonly as: 'cut'; readonly why: string; readonly waits?: true; readonly impatient?: true }
  | { readonly as: 'gone'; readonly why: string };

/** A stream on which nothing comes is opened again: it costs little, and one that died without a word is noticed. */
export const silentMs = 240_000;
/** A container whose command has ended ends its stream within this, give or take. */
const endsWithinMs = 3_000;
/** The command's end is known some 200 ms before the container's (`gate.ts`). */
const firstEndsWithinMs = 350;
/**
 * A stream that stood at the end of the log when the container's end was told ends within this, or waits for the
 * kubelet to look again.
 */
const terminatedWithinMs = 50;
/** What may be the text of an error is followed by the end of its stream at once. */
const heldMs = 250;
/** The kubelet looks for more each second: what is silent for longer has been read to the end of its file. */
const settledMs = 1_500;
/**
 * A file is put aside when it is longer than this (the default is ten times as much), and not more often than every few
 * seconds.
 */
const fileBytes = 1024 * 1024;
const fileMs = 3_000;

export interface FollowedLog {
  readonly clock: Clock;
  /** Whether the command has ended, as far as it is known; the stream is roused when it is. */
  readonly ended: () => boolean | undefined;
  /** Whether the cluster has told that the container has ended; the stream is roused when it has. */
  readonly terminated: () => boolean;
  /** The first line of the file that is written to now; absent where it cannot be had. */
  readonly currentFile: () => Promise<LogStamp | undefined>;
  /** The log may have grown long before this stream was opened. */
  readonly late: boolean;
  /** How often the stream was opened again since anything came. */
  readonly tries: number;
}

/**
 * Reads one stream to its end. The kubelet loses its way where files are put aside faster than it reads: one that comes
 * to the end of its file too late stays there, one that is behind by more than a file leaves one out. Neither says so.
 * So wherever much has come it is asked which line the current file begins with, and that line must come.
 */
export async function* followLog(
  log: FollowedLog,
  stream: LogStream,
  reading: LogReading,
): AsyncGenerator<Buffer, ReadingEnd, undefined> {
  const files = new FileWatch(log);
  let came = false;
  for (;;) {
    const part = await stream.next(patience(log, reading, files));
    if (part === 'end') {
      reading.end();
      return reading.foreign === undefined ? { as: 'end' } : { as: 'cut', why: reading.foreign };
    }
    if (part === 'roused') continue;
    if (part !== 'silent') {
      came = true;
      const bytes = reading.push(part);
      if (bytes.length > 0) yield bytes;
      if (reading.foreign !== undefined) return { as: 'cut', why: reading.foreign };
      if (reading.stopped) return { as: 'passed' };
      files.streamed(part.length, reading);
    } else if (reading.tail.length > 0) yield reading.release();
    else if (log.ended() === undefined && files.unsettled) {
      const next = await files.settle(reading);
      if (next) return { as: 'stuck', next };
    } else if (log.ended() === undefined && !reading.settled) reading.settle();
    else
      return {
        as: 'cut',
        why: 'the connection was silent',
        ...(!came && { waits: true }),
        ...(log.ended() !== undefined && { impatient: true }),
      };
  }
}

function patience(log: FollowedLog, reading: LogReading, files: FileWatch): number {
  if (reading.tail.length > 0) return heldMs;
  // The kubelet looks whether a silent container has ended once a second, but for whoever asks anew at once.
  if (log.terminated()) return terminatedWithinMs;
  if (log.ended() !== undefined) return log.tries === 0 ? firstEndsWithinMs : endsWithinMs;
  return files.unsettled || !reading.settled ? settledMs : silentMs;
}

/** Sees that the stream goes over from file to file. */
class FileWatch {
  #bytes = 0;
  #since: number;
  #asked: Promise<void> | undefined;

  constructor(private readonly log: FollowedLog) {
    this.#since = log.clock.now();
    if (log.late) this.#bytes = fileBytes;
  }

  /** Whether the stream may stand at the end of a file that is not written to any more. */
  get unsettled(): boolean {
    return this.#bytes >= fileBytes;
  }

  streamed(bytes: number, reading: LogReading): void {
    this.#bytes += bytes;
    if (this.#asked || this.#bytes < fileBytes || this.log.clock.now() - this.#since < fileMs) return;
    this.#since = this.log.clock.now();
    this.#asked = this.#ask(reading).finally(() => (this.#asked = undefined));
  }

  /** The stream is silent. @returns the line that it will never come to */
  async settle(reading: LogReading): Promise<LogStamp | undefined> {
    if (reading.expected) return reading.expected;
    this.#since = this.log.clock.now();
    await this.#ask(reading);
    // It may be on its way: the next silence tells.
    if (reading.expected) return undefined;
    this.#bytes = 0;
    reading.settle();
    return undefined;
  }

  async #ask(reading: LogReading): Promise<void> {
    const first = await this.log.currentFile();
    if (first) reading.expect(first);
  }
}
