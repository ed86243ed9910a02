import type { Stream } from '../../../model/work.ts';

/** Bytes of one stream, in arrival order. */
export interface StreamBytes {
  readonly stream: Stream;
  readonly bytes: Buffer;
  /** The frame is complete. Only of frames that are kept apart. */
  readonly ends?: boolean;
}

const headerLength = 8;
const errorStream = 3;
const mostForeignBytes = 4_096;

/**
 * Splits the engine's multiplexed stream. A frame is a header (stream number, three zero bytes, big-endian length) and
 * a body. Bodies of one stream in one buffer are moved together over their headers. Many small frames then cost one
 * chunk and no extra memory. So this class writes to the pushed buffers.
 */
export class FrameReader {
  #header = Buffer.alloc(headerLength);
  #headerFill = 0;
  /** The missing bytes of the current body. */
  #left = 0;
  #stream: Stream = 'stdout';
  #foreign: Buffer | undefined;
  readonly #apart: boolean;

  /** @param frames `apart`: bodies are never joined */
  constructor(frames: 'joined' | 'apart' = 'joined') {
    this.#apart = frames === 'apart';
  }

  /** Reports whether the stream stopped inside a frame. */
  get torn(): boolean {
    return this.#headerFill > 0 || this.#left > 0;
  }

  /**
   * What the engine wrote in place of a frame, or as an error frame. Nothing after it is output. Podman writes an error
   * as JSON into a started stream.
   */
  get foreign(): string | undefined {
    return this.#foreign?.toString().trim();
  }

  push(buffer: Buffer): StreamBytes[] {
    const pieces: { stream: Stream; start: number; end: number; ends?: boolean }[] = [];
    let at = 0;
    while (at < buffer.length && this.#foreign === undefined) {
      if (this.#left === 0) {
        at = this.#readHeader(buffer, at);
        continue;
      }
      const end = Math.min(buffer.length, at + this.#left);
      const last = this.#apart ? undefined : pieces.at(-1);
      if (last?.stream === this.#stream) {
        buffer.copyWithin(last.end, at, end);
        last.end += end - at;
      } else pieces.push({ stream: this.#stream, start: at, end });
      this.#left -= end - at;
      if (this.#apart) pieces.at(-1)!.ends = this.#left === 0;
      at = end;
    }
    if (this.#foreign !== undefined) this.#keepForeign(buffer.subarray(at));
    return pieces.map(({ start, end, ...piece }) => ({ ...piece, bytes: buffer.subarray(start, end) }));
  }

  #readHeader(buffer: Buffer, at: number): number {
    const count = Math.min(headerLength - this.#headerFill, buffer.length - at);
    buffer.copy(this.#header, this.#headerFill, at, at + count);
    this.#headerFill += count;
    if (this.#headerFill === headerLength) {
      this.#headerFill = 0;
      this.#takeHeader(this.#header[0] ?? 0);
    }
    return at + count;
  }

  /** 0 is stdin, which engines sometimes use for stdout. 3 is an error of the engine. */
  #takeHeader(stream: number): void {
    const isFrame = stream <= errorStream && this.#header.readUInt32BE(0) === stream << 24;
    if (isFrame && stream < errorStream) {
      this.#left = this.#header.readUInt32BE(4);
      this.#stream = stream === 2 ? 'stderr' : 'stdout';
    } else this.#foreign = isFrame ? Buffer.alloc(0) : Buffer.from(this.#header);
  }

  #keepForeign(bytes: Buffer): void {
    const kept = this.#foreign ?? Buffer.alloc(0);
    this.#foreign = Buffer.concat([kept, bytes.subarray(0, Math.max(0, mostForeignBytes - kept.length))]);
  }
}

/** For the output of a container with a terminal: it has no frames, and all of it is stdout. */
export class RawReader implements Pick<FrameReader, 'foreign' | 'push'> {
  readonly foreign = undefined;

  push(buffer: Buffer): StreamBytes[] {
    return [{ stream: 'stdout', bytes: buffer }];
  }
}
