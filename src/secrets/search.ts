import type { Base64Reader } from './base64-reader.ts';
import { codes } from './character-codes.ts';
import { Crowds, type Crowd } from './crowd.ts';
import { Progress, type PartialMatch } from './partial-match.ts';
import type { StartFilter } from './start-filter.ts';
import { starts, Starts } from './starts.ts';
import { firstBase64State, type TextReader } from './text-reader.ts';

/** A search uses a `Crowd` at the first number of partial matches, and leaves it at the second. */
const [crowdFrom, crowdTo] = [64, 32];

/** All searched texts, built once for any number of searches. */
export class SearchedTexts {
  readonly crowds: Crowds;
  readonly #text: TextReader;
  readonly #base64: Base64Reader;

  constructor(
    readonly filter: StartFilter,
    text: TextReader,
    base64: Base64Reader,
  ) {
    this.#text = text;
    this.#base64 = base64;
    this.crowds = new Crowds({
      begin: (isLineStart, start, to) => {
        this.begin(isLineStart ? starts.anywhere | starts.line : starts.anywhere, start, to);
      },
      read: (byte, partial, progress) => this.read(byte, partial, progress),
    });
  }

  /** Adds the partial matches that may begin at a position. */
  begin(kinds: number, start: number, to: PartialMatch[]): void {
    if ((kinds & starts.text) !== 0) to.push(this.#text.begin(start));
    if ((kinds & starts.base64) !== 0) this.#base64.begin(kinds, start, to);
    if ((kinds & starts.line) !== 0) this.#base64.beginLine(start, to);
  }

  /** Advances partial matches by a byte. The result is `progress.partial`, or replaces it. */
  read(byte: number, partial: readonly PartialMatch[], progress: Progress): PartialMatch[] {
    for (const match of partial) {
      if (match.state < firstBase64State) this.#text.read(byte, match, progress);
      else this.#base64.read(byte, match, progress);
    }
    return progress.partial.length < crowdFrom ? progress.partial : merged(progress.partial);
  }
}

/** Finds secrets in a stream, in every form. */
export class Search {
  #partial: PartialMatch[] = [];
  /** Replaces `#partial` while there are many partial matches. */
  #crowd: Crowd | undefined;
  #position: number;
  #isLineStart = true;
  #isAfterBackslash = false;
  readonly #starts = new Starts();
  readonly #progress = new Progress();
  readonly #texts: SearchedTexts;

  /** @param position of the first byte */
  constructor(texts: SearchedTexts, position = 0) {
    this.#texts = texts;
    this.#position = position;
  }

  /** Returns the start of the longest read suffix that may become a secret. Returns `position` if there is none. */
  get open(): number {
    if (this.#crowd !== undefined) return this.#position + this.#crowd.open;
    return this.#partial.reduce((earliest, { start }) => Math.min(earliest, start), this.#position);
  }

  /** Returns the end of the bytes that were read. */
  get position(): number {
    return this.#position;
  }

  /**
   * Reads more bytes.
   * @param found called for each position where a secret ends (exclusive), with the start of the longest one
   */
  read(bytes: Uint8Array, found: (start: number, end: number) => void): void {
    this.#findStarts(bytes);
    const before = this.#position;
    for (let i = 0; i < bytes.length; i++) {
      if (this.#crowd === undefined && this.#partial.length === 0) i = this.#starts.next(i);
      if (i >= bytes.length) break;
      const kinds = this.#starts.kinds(i);
      if (kinds !== 0 && this.#crowd === undefined) this.#texts.begin(kinds, before + i, this.#partial);
      const from = this.#crowd === undefined ? this.#readByte(bytes, i) : this.#readInCrowd(this.#crowd, bytes, i);
      if (from < Infinity) found(from, before + i + 1);
    }
    this.#position += bytes.length;
    if (bytes.length === 0) return;
    this.#isLineStart = this.#endsLine(bytes, bytes.length - 1);
    this.#isAfterBackslash = bytes.at(-1) === codes.backslash;
  }

  #findStarts(bytes: Uint8Array): void {
    const { filter } = this.#texts;
    this.#starts.reset(bytes.length);
    if (this.#isLineStart) filter.findLine(bytes, 0, this.#starts);
    if (this.#isAfterBackslash && bytes[0] === codes.n) filter.findLine(bytes, 1, this.#starts);
    filter.find(bytes, this.#starts);
  }

  /** @returns the start of the longest secret that ends with this byte; none: infinity */
  #readByte(bytes: Uint8Array, i: number): number {
    const byte = bytes[i] as number;
    const progress = this.#progress;
    progress.reset();
    const partial = this.#texts.read(byte, this.#partial, progress);
    progress.partial = this.#partial;
    this.#partial = partial;
    if (partial.length >= crowdFrom) {
      const after = this.#position + i + 1;
      this.#crowd = this.#texts.crowds.enter(partial, after, this.#endsLine(bytes, i), byte === codes.backslash);
    }
    return progress.foundFrom;
  }

  #readInCrowd(crowd: Crowd, bytes: Uint8Array, i: number): number {
    const { crowds } = this.#texts;
    const next = crowds.read(crowd, bytes[i] as number);
    const after = this.#position + i + 1;
    this.#crowd = next.partial.length < crowdTo ? undefined : next;
    if (this.#crowd === undefined) this.#partial = crowds.leave(next, after);
    return after + next.foundFrom;
  }

  #endsLine(bytes: Uint8Array, i: number): boolean {
    const isAfterBackslash = i === 0 ? this.#isAfterBackslash : bytes[i - 1] === codes.backslash;
    return bytes[i] === codes.lineFeed || (bytes[i] === codes.n && isAfterBackslash);
  }
}

/**
 * Of partial matches that differ only in their start, keeps the earliest: the same bytes can follow all of them.
 * Otherwise a text with several readings, such as one of backslashes, would double them with every character.
 */
function merged(partial: readonly PartialMatch[]): PartialMatch[] {
  const kept = new Map<string, PartialMatch>();
  for (const match of partial) {
    const key = `${match.state} ${match.order.firstBit} ${match.lo} ${match.bit} ${match.value}`;
    const before = kept.get(key);
    if (before === undefined || match.start < before.start) kept.set(key, match);
  }
  return [...kept.values()];
}
