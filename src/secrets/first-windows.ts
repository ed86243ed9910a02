import { bitsOfOthers, lineFirstBits } from './base64-reader.ts';
import { base64Values, codes } from './character-codes.ts';
import { HashedWords } from './hashed-words.ts';
import type { SortedTexts } from './sorted-texts.ts';
import { base64Start, starts } from './starts.ts';

/** The length of a window in bytes. A line of a secret may be this short. */
export const windowLength = 4;
/** The number of bytes or characters that `confirmed` reads. Its set does not contain shorter texts. */
const longWindowLength = 2 * windowLength;

const bitsOfCharacter = 6;
const bitsOfWindow = windowLength * bitsOfCharacter;
/** A kind of a window beside its `starts`: some text that begins with the window is shorter than a long window. */
const shortText = 0b100000;

/** By value: the bytes that have this value in base64. */
const base64Bytes = Array.from({ length: 64 }, (_, value) => {
  return [...base64Values.keys()].filter((byte) => base64Values[byte] === value);
});
const anyByte = Array.from({ length: 256 }, (_, byte) => byte);
/** The number of texts to process before other work may run. */
const slice = 64;

/**
 * The beginnings of texts, as sets of hashes. A set may report a text that it lacks, and never misses one that it has.
 */
export class FirstWindows {
  /** Texts by their first four bytes. Base64 by the four after its first, which may contain bits of a neighbour. */
  readonly windows: HashedWords;
  /**
   * By two bytes, for texts too short for a window: the `starts` at the first of them; of base64, one before.
   * `undefined` if there are no such texts.
   */
  pairs: Uint8Array | undefined;
  /** By byte: its places among the first four of a text, as bits. The first place is the lowest bit. */
  readonly placesOfByte = new Uint8Array(256);
  /** Like `windows`, by eight bytes, and by eight characters of base64. */
  readonly #longWindows: HashedWords;
  /** Four characters of base64 that a line may begin with, as 24 bits. */
  readonly #lines: HashedWords;

  private constructor(count: number) {
    this.windows = new HashedWords(count * 4);
    this.#longWindows = new HashedWords(count * 4);
    this.#lines = new HashedWords(count * lineFirstBits.length);
  }

  /** Yields now and then, so that the caller can run other work. */
  static *of(texts: SortedTexts): Generator<void, FirstWindows> {
    const windows = new FirstWindows(texts.count);
    yield;
    for (let text = 0; text < texts.count; text++) {
      if (text % slice === 0) yield;
      windows.#add(texts, text);
    }
    return windows;
  }

  #add(texts: SortedTexts, text: number): void {
    const length = texts.length(text);
    for (let i = 0; i < Math.min(length, windowLength); i++) {
      for (const byte of waysOfByte(texts.byte(text, i))) {
        this.placesOfByte[byte] = (this.placesOfByte[byte] as number) | (1 << i);
      }
    }
    if (length < windowLength) this.#addShort(texts, text, length);
    else this.#addWindows(texts, text, length < longWindowLength ? shortText : 0);
    if (length >= longWindowLength) this.#addLongWindows(texts, text);
    for (const firstBit of lineFirstBits) this.#addLine(texts, text, firstBit);
  }

  #addWindows(texts: SortedTexts, text: number, short: number): void {
    const bytes = [0, 1, 2, 3].map((i) => waysOfByte(texts.byte(text, i)));
    eachWord(bytes, (word) => this.windows.add(word, starts.text | short), 8);
    for (const [alignment, others] of bitsOfOthers.entries()) {
      const ways = [1, 2, 3, 4].map((i) => waysOfCharacter(texts, text, i * bitsOfCharacter - others));
      eachWord(ways, (word) => this.windows.add(word, base64Start(alignment) | short), 8);
    }
  }

  #addLongWindows(texts: SortedTexts, text: number): void {
    const bytes = (from: number) =>
      [0, 1, 2, 3].reduce((word, i) => (word << 8) | plainByte(texts.byte(text, from + i)), 0);
    this.#longWindows.add(longWord(bytes(0), bytes(windowLength)), starts.text);
    for (const [alignment, others] of bitsOfOthers.entries()) {
      const first = bitsOfCharacter - others;
      const word = longWord(
        bitsAt(texts, text, first, bitsOfWindow),
        bitsAt(texts, text, first + bitsOfWindow, bitsOfWindow),
      );
      this.#longWindows.add(word, base64Start(alignment));
    }
  }

  #addLine(texts: SortedTexts, text: number, firstBit: number): void {
    const bits = texts.length(text) * 8 - firstBit;
    if (bits <= 3 * bitsOfCharacter) return;
    const unknown = Math.max(0, bitsOfWindow - bits);
    const word = bitsAt(texts, text, firstBit, bitsOfWindow);
    for (let rest = 0; rest < 1 << unknown; rest++) this.#lines.add(word | rest, starts.line);
  }

  #addShort(texts: SortedTexts, text: number, length: number): void {
    const pairs = (this.pairs ??= new Uint8Array(0x10000));
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
   * Returns the possible `starts` of a window of literal bytes, checked with the bytes after it.
   * @param kinds of the window
   * @param last byte of the window
   */
  confirmed(kinds: number, bytes: Uint8Array, last: number): number {
    if ((kinds & shortText) !== 0) return kinds & starts.anywhere;
    const text = (kinds & starts.text) === 0 ? 0 : kinds & this.#confirmedText(bytes, last);
    const base64 = (kinds & starts.base64) === 0 ? 0 : kinds & this.#confirmedBase64(bytes, last);
    return (text & starts.text) | (base64 & starts.base64);
  }

  /** Checks eight bytes. An escape after the window may mean anything. */
  #confirmedText(bytes: Uint8Array, last: number): number {
    if (last + windowLength >= bytes.length) return starts.text;
    let next = 0;
    for (let i = last + 1; i <= last + windowLength; i++) {
      const byte = bytes[i] as number;
      if (byte === codes.backslash || byte === codes.percent || byte === codes.carriageReturn) return starts.text;
      next = (next << 8) | plainByte(byte);
    }
    let first = 0;
    for (let i = last - windowLength + 1; i <= last; i++) first = (first << 8) | plainByte(bytes[i] as number);
    return this.#longWindows.kindsOf(longWord(first, next));
  }

  /** Checks eight characters after the first one. */
  #confirmedBase64(bytes: Uint8Array, last: number): number {
    if (last + windowLength >= bytes.length) return starts.base64;
    let next = 0;
    for (let i = last + 1; i <= last + windowLength; i++) {
      const byte = bytes[i] as number;
      const value = base64Values[byte] as number;
      if (value < 0) return mayContinueBase64(byte) ? starts.base64 : 0;
      next = (next << bitsOfCharacter) | value;
    }
    let first = 0;
    for (let i = last - windowLength + 1; i <= last; i++)
      first = (first << bitsOfCharacter) | (base64Values[bytes[i] as number] as number);
    return this.#longWindows.kindsOf(longWord(first, next));
  }

  /** @param word four characters of base64, as their bytes */
  mayBeginLine(word: number): boolean {
    let bits = 0;
    for (let shift = 24; shift >= 0; shift -= 8)
      bits = (bits << bitsOfCharacter) | (base64Values[(word >>> shift) & 0xff] as number);
    return this.#lines.kindsOf(bits) !== 0;
  }
}

/** Reports whether base64 may continue at this byte although it has no value: an escape or a line end. */
function mayContinueBase64(byte: number): boolean {
  return byte === codes.lineFeed || byte === codes.backslash || byte === codes.percent || byte === codes.carriageReturn;
}

/**
 * Returns the bytes that this byte may be written as. A blank may be written as `+`. A window does not judge what
 * begins with an escape.
 */
function waysOfByte(byte: number): readonly number[] {
  return byte === codes.blank ? [codes.blank, codes.plus] : [byte];
}

/** Returns the same byte for all `waysOfByte`. */
function plainByte(byte: number): number {
  return byte === codes.plus ? codes.blank : byte;
}

function longWord(first: number, next: number): number {
  return Math.imul(first ^ (first >>> 15), 0xc2b2ae35) ^ next;
}

function waysOfCharacter(texts: SortedTexts, text: number, bit: number): readonly number[] {
  const unknown = Math.max(0, bit + bitsOfCharacter - texts.length(text) * 8);
  const value = bitsAt(texts, text, bit, bitsOfCharacter);
  // The common case.
  if (unknown === 0) return base64Bytes[value] as readonly number[];
  return Array.from({ length: 1 << unknown }, (_, rest) => base64Bytes[value | rest] as readonly number[]).flat();
}

/** Returns bits of a text, at most 24. Bits after its end are 0. */
function bitsAt(texts: SortedTexts, text: number, bit: number, count: number): number {
  const length = texts.length(text);
  let bits = 0;
  for (let i = bit >> 3, end = i + 4; i < end; i++) bits = (bits << 8) | (i < length ? texts.byte(text, i) : 0);
  return (bits << (bit & 7)) >>> (32 - count);
}

/** The possible values at each place of a word. */
type Ways = readonly (readonly number[])[];

/** Adds every word that has one of the possible values at each place. */
function eachWord(ways: Ways, add: (word: number) => void, bits: number, at = 0, word = 0): void {
  if (at === ways.length) return void add(word);
  for (const way of ways[at] as readonly number[]) eachWord(ways, add, bits, at + 1, (word << bits) | way);
}
