/**
 * The parser of tar bytes that the readers here use. It pushes instead of pulls: a chunk holds many small entries, so
 * there is one `await` for each chunk.
 */
import { TarError } from '../util/tar-error.ts';
import { blockSize, decodeBlock, decodePax, paddingAfter, toHeader, type TarHeader } from './tar-header.ts';

/** `data`: consecutive parts of the body of the previous entry. A body is always complete, or the parser throws. */
export type TarPiece =
  { readonly kind: 'entry'; readonly header: TarHeader } | { readonly kind: 'data'; readonly bytes: Buffer };

/** Larger than any name or set of records. A header that claims more is invalid. */
const maxExtendedBytes = 1 << 20;

const flagPax = 0x78;
const flagPaxGlobal = 0x67;
const flagPaxSolaris = 0x58;
const flagGnuName = 0x4c;
const flagGnuLink = 0x4b;
const flagGnuVolume = 0x56;

export class TarParser {
  #offset = 0;
  #header = Buffer.alloc(blockSize);
  #headerFill = 0;
  /** The remaining bytes of the body and its padding. */
  #body = 0;
  #padding = 0;
  /** The body of an extended header while it is collected. */
  #extended: { readonly flag: number; readonly bytes: Buffer; fill: number } | undefined;
  readonly #globals = new Map<string, Buffer>();
  #records = new Map<string, Buffer>();
  ended = false;

  push(chunk: Buffer): TarPiece[] {
    const pieces: TarPiece[] = [];
    let at = 0;
    while (at < chunk.length && !this.ended) {
      if (this.#body > 0) at = this.#takeBody(chunk, at, pieces);
      else if (this.#padding > 0) at = this.#skip(chunk, at);
      else at = this.#takeHeader(chunk, at, pieces);
    }
    return pieces;
  }

  /**
   * Skips the body of the last entry.
   * @returns how many bytes of the source to skip
   */
  passOver(): number {
    if (this.#extended !== undefined) return 0;
    const count = this.#body + this.#padding;
    this.#offset += count;
    this.#body = 0;
    this.#padding = 0;
    return count;
  }

  /** Called at the end of the source. */
  finish(): void {
    if (this.ended) return;
    throw new TarError(
      'truncated',
      this.#offset === 0 && this.#headerFill === 0
        ? 'the tar is empty'
        : `the tar ends at byte ${this.#offset + this.#headerFill}, before its end marker`,
    );
  }

  #takeBody(chunk: Buffer, at: number, pieces: TarPiece[]): number {
    const end = Math.min(chunk.length, at + this.#body);
    if (this.#extended === undefined) pieces.push({ kind: 'data', bytes: chunk.subarray(at, end) });
    else this.#extended.fill += chunk.copy(this.#extended.bytes, this.#extended.fill, at, end);
    this.#body -= end - at;
    this.#offset += end - at;
    if (this.#body === 0 && this.#extended !== undefined) this.#apply(this.#extended.flag, this.#extended.bytes);
    return end;
  }

  #skip(chunk: Buffer, at: number): number {
    const count = Math.min(chunk.length - at, this.#padding);
    this.#padding -= count;
    this.#offset += count;
    return at + count;
  }

  #takeHeader(chunk: Buffer, at: number, pieces: TarPiece[]): number {
    let block: Buffer;
    let end: number;
    if (this.#headerFill === 0 && chunk.length - at >= blockSize) {
      end = at + blockSize;
      block = chunk.subarray(at, end);
    } else {
      const copied = chunk.copy(this.#header, this.#headerFill, at, at + blockSize - this.#headerFill);
      this.#headerFill += copied;
      end = at + copied;
      if (this.#headerFill < blockSize) return end;
      this.#headerFill = 0;
      block = this.#header;
    }
    this.#begin(block, pieces);
    this.#offset += blockSize;
    return end;
  }

  #begin(bytes: Buffer, pieces: TarPiece[]): void {
    const block = decodeBlock(bytes, this.#offset);
    if (block === undefined) {
      this.ended = true;
      return;
    }
    if (isExtended(block.flag)) {
      if (block.size > maxExtendedBytes)
        throw new TarError('not-a-tar', `the extended header at byte ${this.#offset} claims ${block.size} bytes`);
      this.#extended = { flag: block.flag, bytes: Buffer.alloc(block.size), fill: 0 };
      this.#body = block.size;
      this.#padding = paddingAfter(block.size);
      if (block.size === 0) this.#apply(block.flag, Buffer.alloc(0));
      return;
    }
    const records = this.#globals.size === 0 ? this.#records : new Map([...this.#globals, ...this.#records]);
    const header = toHeader(block, records, this.#offset);
    if (this.#records.size > 0) this.#records = new Map();
    this.#body = header.size;
    this.#padding = paddingAfter(header.size);
    pieces.push({ kind: 'entry', header });
  }

  #apply(flag: number, body: Buffer): void {
    this.#extended = undefined;
    if (flag === flagGnuName) this.#records.set('path', untilNul(body));
    else if (flag === flagGnuLink) this.#records.set('linkpath', untilNul(body));
    else if (flag === flagPaxGlobal)
      for (const [key, value] of decodePax(body, this.#offset)) this.#globals.set(key, value);
    else if (flag !== flagGnuVolume)
      for (const [key, value] of decodePax(body, this.#offset)) this.#records.set(key, value);
  }
}

function isExtended(flag: number): boolean {
  return (
    flag === flagPax ||
    flag === flagPaxGlobal ||
    flag === flagPaxSolaris ||
    flag === flagGnuName ||
    flag === flagGnuLink ||
    flag === flagGnuVolume
  );
}

function untilNul(body: Buffer): Buffer {
  const end = body.indexOf(0);
  return end === -1 ? body : body.subarray(0, end);
}

/**
 * Yields the pieces of a tar, for each chunk of the source all that it completes. `data` shares the source's memory.
 * Reads the source to its end, also after the archive's end, so that its connection can be reused. Throws `TarError`.
 */
export async function* parseTar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly TarPiece[], void, undefined> {
  const parser = new TarParser();
  for await (const chunk of source) {
    if (parser.ended) continue;
    const pieces = parser.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (pieces.length > 0) yield pieces;
  }
  parser.finish();
}
