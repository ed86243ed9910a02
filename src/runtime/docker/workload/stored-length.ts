/**
 * Computes how many bytes Docker's `json-file` driver stores of a stream. Measured on Docker 20.10
 * (`stored-length.test.ts` checks a real engine). The driver cuts each line into pieces of 16,384 bytes from the line's
 * start and writes each piece as JSON. Each byte that is not part of valid UTF-8 within its piece becomes U+FFFD, three
 * bytes. All other bytes are kept. Podman's `k8s-file` keeps all bytes.
 */
import { isUtf8 } from 'node:buffer';

export interface CountedBytes {
  /** All bytes so far except the beginning of a character that may still be completed. */
  readonly bytes: Buffer;
  /** The number of bytes that the driver stores for them. */
  readonly stored: number;
}

/** Counts one stream. A resumed stream is not counted: it is read as stored. */
export interface StoredCounter {
  push(bytes: Buffer): CountedBytes;
  /** Called at the stream's end. Returns what was held back. */
  end(): CountedBytes;
}

const pieceLength = 16_384;
const newline = 0x0a;
const replacementLength = 3;
const nothing = Buffer.alloc(0);

/** For drivers that keep all bytes. */
export const exactCounter: StoredCounter = {
  push: (bytes) => ({ bytes, stored: bytes.length }),
  end: () => ({ bytes: nothing, stored: 0 }),
};

export class JsonFileCounter implements StoredCounter {
  /** The counted bytes of the current piece. */
  #pieceFill = 0;
  /** The beginning of a character, at most 3 bytes, not counted in `#pieceFill`. */
  #held: Buffer = nothing;

  push(bytes: Buffer): CountedBytes {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = nothing;
    const open = incompleteTail(all);
    const decided = all.subarray(0, all.length - open);
    // A character cut by the piece's end cannot be completed. The slow path handles it.
    if (isUtf8(decided) && this.#cutsNoCharacter(decided, open)) {
      this.#held = all.subarray(all.length - open);
      return { bytes: decided, stored: decided.length };
    }
    return this.#countSlowly(all);
  }

  end(): CountedBytes {
    const bytes = this.#held;
    this.#held = nothing;
    return { bytes, stored: bytes.length * replacementLength };
  }

  /** Steps from piece to piece without checking each line. Moves `#pieceFill` only if it returns true. */
  #cutsNoCharacter(bytes: Buffer, open: number): boolean {
    let pieceStart = -this.#pieceFill;
    for (;;) {
      const limit = pieceStart + pieceLength;
      const within = bytes.lastIndexOf(newline, Math.min(limit, bytes.length) - 1);
      if (within >= Math.max(pieceStart, 0)) {
        pieceStart = within + 1;
        continue;
      }
      if (limit > bytes.length) break;
      if (isContinuation(bytes[limit])) return false;
      pieceStart = limit;
    }
    const fill = bytes.length - pieceStart;
    // The held beginning would itself be cut.
    if (open > 0 && fill + open >= pieceLength) return false;
    this.#pieceFill = fill;
    return true;
  }

  #countSlowly(all: Buffer): CountedBytes {
    let stored = 0;
    let at = 0;
    while (at < all.length) {
      const limit = at + pieceLength - this.#pieceFill;
      const lineEnd = all.indexOf(newline, at);
      const closed = lineEnd >= 0 && lineEnd < limit ? lineEnd + 1 : limit <= all.length ? limit : undefined;
      const end = closed ?? all.length;
      const counted = storedLength(all, at, end, closed !== undefined);
      stored += counted.stored;
      if (counted.next < end) {
        this.#pieceFill += counted.next - at;
        this.#held = all.subarray(counted.next);
        return { bytes: all.subarray(0, counted.next), stored };
      }
      this.#pieceFill = closed === undefined ? this.#pieceFill + end - at : 0;
      at = end;
    }
    return { bytes: all, stored };
  }
}

/** @param closed whether no more bytes can complete a character at the end */
function storedLength(bytes: Buffer, from: number, to: number, closed: boolean): { stored: number; next: number } {
  let stored = 0;
  let at = from;
  while (at < to) {
    const length = characterLength(bytes, at, to);
    if (length === 'incomplete' && !closed) return { stored, next: at };
    const valid = typeof length === 'number' && length > 0;
    stored += valid ? length : replacementLength;
    at += valid ? length : 1;
  }
  return { stored, next: at };
}

/** Returns 0 for a byte that starts no character, `incomplete` if the rest may be after `to`. */
function characterLength(bytes: Buffer, at: number, to: number): number | 'incomplete' {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  if (length === 0) return 0;
  for (let i = 1; i < length; i++) {
    if (at + i >= to) return 'incomplete';
    const byte = bytes[at + i] ?? 0;
    if (!isContinuation(byte) || (i === 1 && !mayFollow(first, byte))) return 0;
  }
  return length;
}

/**
 * Reports whether the second byte is in its narrower range: no overlong forms, no surrogates, nothing above U+10FFFF
 * (Unicode 15, table 3-7).
 */
function mayFollow(first: number, second: number): boolean {
  switch (first) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}

/** Returns the number of bytes at the end that start an incomplete character. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const at = bytes.length - back;
    const byte = bytes[at] ?? 0;
    if (isContinuation(byte)) continue;
    return characterLength(bytes, at, bytes.length) === 'incomplete' ? back : 0;
  }
  return 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
