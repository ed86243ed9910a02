import { longestStamp, StampReader, type LogStamp } from './log-stamp.ts';

/** What to do with a line: take it, skip it, or stop reading. */
export type LineVerdict = 'take' | 'pass' | 'stop';

const newline = 0x0a;
/** How much foreign text is kept for display. */
const foreignBytes = 300;

/**
 * Removes the time stamps from a log read with `timestamps=true`. Each line starts with one stamp, however many pieces
 * the line is stored in. A line without a stamp is not from the log: the kubelet appends the text of an error to the
 * output. Taken lines are moved in place over their stamps, so this class writes to the pushed buffers.
 */
export class LogLines {
  readonly #stamp = new StampReader();
  readonly #head = Buffer.alloc(longestStamp);
  #headFill = 0;
  #state: 'stamp' | 'taken' | 'passed' | 'stopped' | 'foreign' = 'stamp';
  #foreign = '';
  /** Only the stamp of the taken line has arrived. */
  #bare = false;
  readonly #judge: (stamp: LogStamp, before: number) => LineVerdict;
  readonly #mayBeTorn: () => boolean;

  /**
   * @param judge called at the start of each line; the stamp is only valid during the call
   * @param mayBeTorn whether the input may start with the rest of a line: `sinceTime` may fall between two pieces of it
   */
  constructor(judge: (stamp: LogStamp, before: number) => LineVerdict, mayBeTorn: () => boolean) {
    this.#judge = judge;
    this.#mayBeTorn = mayBeTorn;
  }

  /** Reports whether the judge stopped the reading. */
  get stopped(): boolean {
    return this.#state === 'stopped';
  }

  /** The text that arrived in place of a line. It says why the stream is about to end. */
  get foreign(): string | undefined {
    return this.#state === 'foreign' ? this.#foreign : undefined;
  }

  /** Reports whether the last taken line has not ended. */
  get open(): boolean {
    return this.#state === 'taken';
  }

  /** Returns the bytes of the taken lines. The judge learns how many bytes came before in this call. */
  push(buffer: Buffer): Buffer {
    let kept = 0;
    let at = 0;
    while (at < buffer.length) {
      switch (this.#state) {
        case 'stamp':
          at = this.#begin(buffer, at, kept);
          break;
        case 'taken': {
          const end = lineEnd(buffer, at);
          if (kept !== at) buffer.copyWithin(kept, at, end);
          kept += end - at;
          this.#bare = false;
          at = this.#passed(buffer, end);
          break;
        }
        case 'passed':
          at = this.#passed(buffer, lineEnd(buffer, at));
          break;
        case 'foreign':
          this.#tell(buffer.subarray(at));
          return buffer.subarray(0, kept);
        case 'stopped':
          return buffer.subarray(0, kept);
      }
    }
    return buffer.subarray(0, kept);
  }

  /** Called at the end. A log ends after a byte of a line; any other end was a cut. */
  end(): void {
    if ((this.#state === 'stamp' && this.#headFill > 0) || (this.#state === 'taken' && this.#bare)) {
      this.#state = 'foreign';
      this.#tell(this.#head.subarray(0, this.#headFill));
    }
  }

  #passed(buffer: Buffer, end: number): number {
    if (buffer[end - 1] === newline) this.#state = 'stamp';
    return end;
  }

  /** Reads the stamp at the start of a line. It may arrive in parts. */
  #begin(buffer: Buffer, at: number, kept: number): number {
    if (this.#headFill === 0) {
      const length = this.#stamp.read(buffer, at, buffer.length);
      if (length > 0) return this.#judged(at + length, kept);
      if (buffer.length - at >= longestStamp || !couldBeStamp(buffer.subarray(at), buffer.length - at))
        return this.#refused(at);
    }
    const had = this.#headFill;
    const count = Math.min(longestStamp - had, buffer.length - at);
    buffer.copy(this.#head, had, at, at + count);
    this.#headFill += count;
    const length = this.#stamp.read(this.#head, 0, this.#headFill);
    if (length > 0) {
      this.#headFill = 0;
      return this.#judged(at + length - had, kept);
    }
    if (this.#headFill < longestStamp && couldBeStamp(this.#head, this.#headFill)) return at + count;
    this.#headFill = 0;
    if (!this.#mayBeTorn()) this.#tell(this.#head.subarray(0, had));
    return this.#refused(at);
  }

  #judged(after: number, kept: number): number {
    const verdict = this.#judge(this.#stamp, kept);
    this.#bare = true;
    this.#state = verdict === 'take' ? 'taken' : verdict === 'pass' ? 'passed' : 'stopped';
    return after;
  }

  #refused(at: number): number {
    this.#state = this.#mayBeTorn() ? 'passed' : 'foreign';
    return at;
  }

  #tell(bytes: Buffer): void {
    if (this.#foreign.length < foreignBytes) this.#foreign += bytes.subarray(0, foreignBytes).toString('utf8');
  }
}

/** Returns where the current line ends: after its newline, or at the end of the buffer. */
function lineEnd(buffer: Buffer, at: number): number {
  const found = buffer.indexOf(newline, at);
  return found < 0 ? buffer.length : found + 1;
}

/** Reports whether these bytes may be the start of a stamp. */
function couldBeStamp(bytes: Uint8Array, length: number): boolean {
  const shape = '0000-00-00T00:00:00';
  for (let i = 0; i < Math.min(length, shape.length); i++) {
    const wanted = shape.charCodeAt(i);
    const byte = bytes[i] ?? 0;
    if (wanted === 0x30 ? byte < 0x30 || byte > 0x39 : byte !== wanted) return false;
  }
  return true;
}
