import type { Clock } from '../../../model/clock.ts';
import type { LogReading } from './log-reading.ts';
import type { LogStamp } from './log-stamp.ts';
import type { LogStream } from './log-stream.ts';

/** How reading one stream ended. */
export type ReadingEnd =
  /** The stream ended cleanly. Many cut connections look the same. */
  | { readonly as: 'end' }
  /** A line arrived that shows that the searched or expected line does not come. */
  | { readonly as: 'passed' }
  /** The kubelet still reads a rotated file. The current file starts with this line. */
  | { readonly as: 'stuck'; readonly next: LogStamp }
  /**
   * The stream broke off or was refused for now. `waits`: as far as is known there was nothing to read. `impatient`:
   * Slipway cut the stream itself.
   */
  | { readonly as: 'cut'; readonly why: string; readonly waits?: true; readonly impatient?: true }
  | { readonly as: 'gone'; readonly why: string };

/** A silent stream is reopened after this time. Reopening is cheap and detects dead connections. */
export const silentMs = 240_000;
/** After its command ended, a container ends its stream within about this time. */
const endsWithinMs = 3_000;
/** The command's end is known about 200 ms before the container's (`gate.ts`). */
const firstEndsWithinMs = 350;
/**
 * When the container's end is reported, a stream at the end of the log ends within this time. Otherwise it waits for
 * the kubelet's next check.
 */
const terminatedWithinMs = 50;
/** After the text of a possible error, the stream ends within this time. */
const heldMs = 250;
/** The kubelet checks for more each second. A stream that is silent for longer is at the end of its file. */
const settledMs = 1_500;
/** The smallest size at which a file is rotated (the default is ten times as much). Rotations are seconds apart. */
const fileBytes = 1024 * 1024;
const fileMs = 3_000;

export interface FollowedLog {
  readonly clock: Clock;
  /** Reports whether the command has ended, as far as is known. The stream wakes up when that changes. */
  readonly ended: () => boolean | undefined;
  /** Reports whether the cluster has reported the container's end. The stream wakes up when that changes. */
  readonly terminated: () => boolean;
  /** Returns the first line of the current file; `undefined` if it cannot be read. */
  readonly currentFile: () => Promise<LogStamp | undefined>;
  /** The log may have grown long before this stream was opened. */
  readonly late: boolean;
  /** How often the stream was reopened since the last bytes. */
  readonly tries: number;
}

/**
 * Reads one stream to its end.
 *
 * The kubelet fails silently if files are rotated faster than it reads them. If it reaches the end of a file too late,
 * it stays there. If it is more than a file behind, it skips one. So after much output this function requests the first
 * line of the current file. That line must then arrive.
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
        why: 'the connection timed out',
        ...(!came && { waits: true }),
        ...(log.ended() !== undefined && { impatient: true }),
      };
  }
}

function patience(log: FollowedLog, reading: LogReading, files: FileWatch): number {
  if (reading.tail.length > 0) return heldMs;
  // The kubelet checks once a second whether a silent container has ended, but at once for a new request.
  if (log.terminated()) return terminatedWithinMs;
  if (log.ended() !== undefined) return log.tries === 0 ? firstEndsWithinMs : endsWithinMs;
  return files.unsettled || !reading.settled ? settledMs : silentMs;
}

/** Checks that the stream follows the rotation from file to file. */
class FileWatch {
  #bytes = 0;
  #since: number;
  #asked: Promise<void> | undefined;
  readonly #log: FollowedLog;

  constructor(log: FollowedLog) {
    this.#log = log;
    this.#since = log.clock.now();
    if (log.late) this.#bytes = fileBytes;
  }

  /** Reports whether the stream may be at the end of a rotated file. */
  get unsettled(): boolean {
    return this.#bytes >= fileBytes;
  }

  streamed(bytes: number, reading: LogReading): void {
    this.#bytes += bytes;
    if (this.#asked || this.#bytes < fileBytes || this.#log.clock.now() - this.#since < fileMs) return;
    this.#since = this.#log.clock.now();
    this.#asked = this.#ask(reading).finally(() => (this.#asked = undefined));
  }

  /**
   * Called when the stream is silent.
   * @returns the line that the stream will never reach
   */
  async settle(reading: LogReading): Promise<LogStamp | undefined> {
    if (reading.expected) return reading.expected;
    this.#since = this.#log.clock.now();
    await this.#ask(reading);
    // The line may be on its way. The next silence decides.
    if (reading.expected) return undefined;
    this.#bytes = 0;
    reading.settle();
    return undefined;
  }

  async #ask(reading: LogReading): Promise<void> {
    const first = await this.#log.currentFile();
    if (first) reading.expect(first);
  }
}
