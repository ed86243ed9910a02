import { bitsOfOthers, lineFirstBits } from './base64-reader.ts';
import { base64Values, codes } from './character-codes.ts';
import { beginsEscape, readEscape, type Escape } from './escapes.ts';
import { HashedWords } from './hashed-words.ts';
import type { SortedTexts } from './sorted-texts.ts';
import { base64Start, starts, type Starts } from './starts.ts';

/** Bytes that are looked at together. */
const windowLength = 4;
const bitsOfCharacter = 6;

/** By byte: whether the filter looks at it by itself. What follows an escape is not what it looks like. */
const isSpecial = Uint8Array.from(beginsEscape, (escape, byte) => (byte === codes.lineFeed ? 1 : escape));

/** The bytes that have a value in base64. */
const base64Bytes = Array.from({ length: 64 }, (_, value) => {
  return [...base64Values.keys()].filter((byte) => base64Values[byte] === value);
});
const anyByte = Array.from({ length: 256 }, (_, byte) => byte);
/** How many texts are worked on between two chances to let other work run. */
const slice = 256;

/**
 * Tells where a search has to begin. It leaves out nearly every position because of the four bytes there, so that
 * output costs one look-up a byte, however many secrets there are. A position that it leaves out begins no secret.
 */
export class StartFilter {
  /** Texts by their first four bytes; base64 by the four after its first, which may have bits of something else. */
  readonly #windows: HashedWords;
  /** Four characters of base64 that a line may begin with, as 24 bits. */
  readonly #lines: HashedWords;
  /**
   * By two bytes, for texts that are too short for a window: the `starts` at the first of them; of base64, one
   * before.
   */
  #pairs: Uint8Array | undefined;

  private constructor(count: number) {
    this.#windows = new HashedWords(count * 4);
    this.#lines = new HashedWords(count * lineFirstBits.length);
  }

  /** Yields now and then; the caller lets other work run then. */
  static *of(texts: SortedTexts): Generator<void, StartFilter> {
    const filter = new StartFilter(texts.count);
    for (let text = 0; text < texts.count; text++) {
      if (text % slice === 0) yield;
      const length = texts.length(text);
      if (length < windowLength) filter.#addShort(texts, text, length);
      else filter.#addWindows(texts, text);
      for (const firstBit of lineFirstBits) filter.#addLine(texts, text, firstBit);
    }
    return filter;
  }

  #addWindows(texts: SortedTexts, text: number): void {
    const bytes = [0, 1, 2, 3].map((i) => waysOfByte(texts.byte(text, i)));
    eachWord(bytes, (word) => this.#windows.add(word, starts.text), 8);
    for (const [alignment, others] of bitsOfOthers.entries()) {
      const ways = [1, 2, 3, 4].map((i) => waysOfCharacter(texts, text, i * bitsOfCharacter - others));
      eachWord(ways, (word) => this.#windows.add(word, base64Start(alignment)), 8);
    }
  }

  #addLine(texts: SortedTexts, text: number, firstBit: number): void {
    if (texts.length(text) * 8 - firstBit <= 3 * bitsOfCharacter) return;
    const values = [0, 1, 2, 3].map((i) => valuesOfCharacter(texts, text, firstBit + i * bitsOfCharacter));
    eachWord(values, (word) => this.#lines.add(word, starts.line), bitsOfCharacter);
  }

  #addShort(texts: SortedTexts, text: number, length: number): void {
    const pairs = (this.#pairs ??= new Uint8Array(0x10000));
    const add = (kind: number) => (word: number) => (pairs[word] = (pairs[word] as number) | kind);
    const second = length === 1 ? anyByte : waysOfByte(texts.byte(text, 1));
    eachWord([waysOfByte(texts.byte(text, 0)), second], add(starts.text), 8);
    if (length === 1) return;
    for (const others of bitsOfOthers) {
      eachWord(
        [1, 2].map((i) => waysOfCharacter(texts, text, i * bitsOfCharacter - others)),
        add(starts.base64),
        8,
      );
    }
  }

  /**
   * Adds all positions of a chunk where something may begin; the last ones of it, which too few bytes follow, in any
   * case.
   */
  find(bytes: Uint8Array, found: Starts): void {
    const { bits, shift, factor } = this.#windows;
    const pairs = this.#pairs;
    let word = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      word = (word << 8) | byte;
      const hash = Math.imul(word, factor) >>> shift;
      const isHit = (((bits[hash >>> 5] as number) >>> hash) & 1) !== 0;
      if (isHit) this.#findWindow(this.#windows.kindsOfHit(word), i, found);
      if (isSpecial[byte] !== 0) this.#findAround(bytes, i, found);
      if (pairs !== undefined) {
        const kinds = pairs[word & 0xffff] as number;
        if ((kinds & starts.text) !== 0) found.add(i - 1, starts.text);
        if ((kinds & starts.base64) !== 0) found.add(i - 2, starts.base64);
      }
    }
    for (let i = Math.max(0, bytes.length - windowLength); i < bytes.length; i++) found.add(i, starts.anywhere);
  }

  /** @param last of the window */
  #findWindow(kinds: number, last: number, found: Starts): void {
    if ((kinds & starts.text) !== 0) found.add(last - windowLength + 1, starts.text);
    if ((kinds & starts.base64) !== 0) found.add(last - windowLength, kinds & starts.base64);
  }

  /** At a byte that has a class: the windows that it is in are not what they look like. */
  #findAround(bytes: Uint8Array, at: number, found: Starts): void {
    if (bytes[at] === codes.lineFeed) {
      this.#findAcrossLineEnd(bytes, at, at + 1, found);
      this.findLine(bytes, at + 1, found);
      return;
    }
    const meant = readEscape(bytes, at);
    if (meant === undefined) return;
    const after = meant.byte === undefined ? Infinity : at + meant.length;
    if (meant.mayEndLine) this.#findAcrossLineEnd(bytes, at, after, found);
    if (bytes[at] === codes.backslash && bytes[at + 1] === codes.n) this.findLine(bytes, at + 2, found);
    this.#findEscaped(bytes, at, meant, found);
  }

  /**
   * Base64 may have a line end before its fifth character. @param after where the next line begins; infinity if that
   * is not clear
   */
  #findAcrossLineEnd(bytes: Uint8Array, at: number, after: number, found: Starts): void {
    const next = bytes[after];
    let word = next ?? 0;
    for (let i = 1; i < windowLength; i++) word |= (bytes[at - i] ?? 0) << (8 * i);
    const isKnown = next !== undefined && beginsEscape[next] === 0;
    found.add(at - windowLength, (isKnown ? this.#windows.kindsOf(word) : starts.anywhere) & starts.base64);
  }

  /**
   * Adds positions whose window has this escape as its first one, for what it means. Where there is a second one, and
   * where bytes are missing, the window is not judged.
   */
  #findEscaped(bytes: Uint8Array, at: number, { length, byte }: Escape, found: Starts): void {
    // Texts that are shorter than a window are in none.
    let isKnown = byte !== undefined && this.#pairs === undefined;
    let word = byte ?? 0;
    for (let i = 1; i < windowLength; i++) word |= (bytes[at - i] ?? 0) << (8 * i);
    // Windows that end with the escape, then with each of the four bytes after it.
    for (let after = 0; after <= windowLength; after++) {
      const next = after === 0 ? byte : bytes[at + length + after - 1];
      if (after > 0) word = (word << 8) | (next ?? 0);
      isKnown &&= next !== undefined && (after === 0 || beginsEscape[next] === 0);
      const acrossLineEnd = next === codes.lineFeed ? starts.base64 : 0;
      const kinds = (isKnown ? this.#windows.kindsOf(word) : starts.anywhere) | acrossLineEnd;
      // A window that begins after the escape is not judged here.
      this.#findWindow(after < windowLength ? kinds : kinds & starts.base64, at + after, found);
    }
  }

  /** Adds the position if something may begin there that stands at the beginning of a line only. */
  findLine(bytes: Uint8Array, at: number, found: Starts): void {
    let word = 0;
    for (let i = at; i < at + windowLength; i++) {
      const byte = bytes[i];
      const value = byte === undefined ? -1 : (base64Values[byte] as number);
      const isUnclear = byte === undefined || beginsEscape[byte] !== 0 || (byte === codes.lineFeed && i > at);
      if (isUnclear) return found.add(at, starts.line);
      if (value < 0) return;
      word = (word << bitsOfCharacter) | value;
    }
    if (this.#lines.kindsOf(word) !== 0) found.add(at, starts.line);
  }
}

/** A blank may be written as `+`; what begins with an escape is not judged by a window. */
function waysOfByte(byte: number): readonly number[] {
  return byte === codes.blank ? [codes.blank, codes.plus] : [byte];
}

function waysOfCharacter(texts: SortedTexts, text: number, bit: number): readonly number[] {
  return valuesOfCharacter(texts, text, bit).flatMap((value) => base64Bytes[value] as readonly number[]);
}

/** The six bits from this one on; more than one value where the text ends before. */
function valuesOfCharacter(texts: SortedTexts, text: number, bit: number): readonly number[] {
  const index = bit >> 3;
  const isLast = index + 1 >= texts.length(text);
  const bits = (texts.byte(text, index) << 8) | (isLast ? 0 : texts.byte(text, index + 1));
  const value = (bits >> (16 - bitsOfCharacter - (bit & 7))) & 0x3f;
  const unknown = isLast ? Math.max(0, (bit & 7) + bitsOfCharacter - 8) : 0;
  return Array.from({ length: 1 << unknown }, (_, rest) => value | rest);
}

/** At each place of a word the values that may stand there. */
type Ways = readonly (readonly number[])[];

/** Every word that has one of the ways at each place. */
function eachWord(ways: Ways, add: (word: number) => void, bits: number, at = 0, word = 0): void {
  if (at === ways.length) return void add(word);
  for (const way of ways[at] as readonly number[]) eachWord(ways, add, bits, at + 1, (word << bits) | way);
}
