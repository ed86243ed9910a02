import { longestStamp, StampReader, type LogStamp } from './log-stamp.ts';

/** What is to be done with a line: handed over, passed by, or nothing more is to be read. */
export type LineVerdict = 'take' | 'pass' | 'stop';

const newline = 0x0a;
/** So much of what is not of the log is kept, for people. */
const foreignBytes = 300;

/**
 * Takes the stamps off a log with `timestamps=true`: one stands at the start of every line and nowhere else, however
 * many pieces the line is kept in. What has none is not of the log: the kubelet puts the text of an error behind what
 * it has sent already. The lines that are taken are moved together over their stamps, so the buffers that are pushed
 * are written to.
 */
export class LogLines {
  readonly #stamp = new StampReader();
  readonly #head = Buffer.alloc(longestStamp);
  #headFill = 0;
  #state: 'stamp' | 'taken' | 'passed' | 'stopped' | 'foreign' = 'stamp';
  #foreign = '';
  /** Of the line that is taken nothing has come but its stamp. */
  #bare = false;

  /**
   * @param judge asked at the start of each line; the stamp is only good for the call
   * @param mayBeTorn whether the rest of a line may come in place of one, as it does where `sinceTime` falls between
   *   two pieces of it
   */
  constructor(
    private readonly judge: (stamp: LogStamp, before: number) => LineVerdict,
    private readonly mayBeTorn: () => boolean,
  ) {}

  /** Whether the judge said so. */
  get stopped(): boolean {
    return this.#state === 'stopped';
  }

  /** What came in place of a line, and is the reason why the stream is about to end. */
  get foreign(): string | undefined {
    return this.#state === 'foreign' ? this.#foreign : undefined;
  }

  /** Whether the line that came last and was taken has not ended. */
  get open(): boolean {
    return this.#state === 'taken';
  }

  /** The bytes of the lines that are taken. The judge is told how many of them came before, counted in this call. */
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

  /** Nothing more comes. A log ends behind a byte of a line: whatever else ends was cut. */
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

  /** Reads the stamp at the start of a line, which may have come in parts. */
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
    if (!this.mayBeTorn()) this.#tell(this.#head.subarray(0, had));
    return this.#refused(at);
  }

  #judged(after: number, kept: number): number {
    const verdict = this.judge(this.#stamp, kept);
    this.#bare = true;
    this.#state = verdict === 'take' ? 'taken' : verdict === 'pass' ? 'passed' : 'stopped';
    return after;
  }

  #refused(at: number): number {
    this.#state = this.mayBeTorn() ? 'passed' : 'foreign';
    return at;
  }

  #tell(bytes: Buffer): void {
    if (this.#foreign.length < foreignBytes) this.#foreign += bytes.subarray(0, foreignBytes).toString('utf8');
  }
}

/** Where the line ends that these bytes go on with: behind its newline, or with the buffer. */
function lineEnd(buffer: Buffer, at: number): number {
  const found = buffer.indexOf(newline, at);
  return found < 0 ? buffer.length : found + 1;
}

/** Whether these bytes begin as a stamp does, as far as they go. */
function couldBeStamp(bytes: Uint8Array, length: number): boolean {
  const shape = '0000-00-00T00:00:00';
  for (let i = 0; i < Math.min(length, shape.length); i++) {
    const wanted = shape.charCodeAt(i);
    const byte = bytes[i] ?? 0;
    if (wanted === 0x30 ? byte < 0x30 || byte > 0x39 : byte !== wanted) return false;
  }
  return true;
}
