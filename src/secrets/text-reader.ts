import { codes, hexValues } from './character-codes.ts';
import { beginsEscape, letterEscapes } from './escapes.ts';
import { PartialMatch, type Progress } from './partial-match.ts';
import type { Order, SortedTexts } from './sorted-texts.ts';

/** How far a partial match is within the encoding of one character. */
const state = {
  /** Between two bytes of the text. */
  plain: 0,
  /** After `%`. */
  percent: 1,
  /** After `%` and a digit, which is the value. The digit has narrowed the range. */
  percentDigit: 2,
  backslash: 3,
  /** After `\u`. The value is the number of digits so far, times 65536, plus their value. */
  unit: 4,
  /** After the first half of a surrogate pair. */
  pair: 5,
  pairBackslash: 6,
  /** Like `unit`, in the second half. */
  pairUnit: 7,
  /**
   * A line feed may have a carriage return before it. The range is past the line feed, and these bytes of it are still
   * to come.
   */
  lineFeed: 8,
  escapedLineFeed: 9,
  escapedLineFeedLetter: 10,
  percentLineFeed: 11,
  percentLineFeedZero: 12,
  percentLineFeedDigit: 13,
} as const;

/** The states of texts are below this one, those of base64 are not. */
export const firstBase64State = 16;

const surrogates = { first: 0xd800, second: 0xdc00, end: 0xe000 } as const;
/** Characters from `from` on are written as a pair. So many of them share a first half. */
const paired = { from: 0x10000, perHalf: 0x400, end: 0x110000 } as const;
const digitsOfUnit = 4;

/**
 * Reads a text as it is, URL-encoded (RFC 3986, 2.1) and escaped as in JSON (RFC 8259, 7). Tools encode different
 * characters, so each character may be written in any form, whatever its neighbours are.
 */
export class TextReader {
  readonly #texts: SortedTexts;
  readonly #order: Order;

  constructor(texts: SortedTexts, order: Order) {
    this.#texts = texts;
    this.#order = order;
  }

  /** Begins all texts. */
  begin(start: number): PartialMatch {
    return new PartialMatch(state.plain, this.#order, 0, this.#order.texts.length, 0, 0, start);
  }

  /** Adds the results of reading a byte. The match must not be used afterwards. */
  read(byte: number, match: PartialMatch, progress: Progress): void {
    switch (match.state) {
      case state.plain:
        return this.#plain(byte, match, progress);
      case state.percent:
        return this.#percent(hexValues[byte] as number, match, progress);
      case state.percentDigit:
        return this.#percentDigit(hexValues[byte] as number, match, progress);
      case state.backslash:
        return this.#escape(byte, match, progress);
      case state.unit:
        return this.#unit(hexValues[byte] as number, match, progress);
      case state.pair:
        return this.#expect(byte === codes.backslash, state.pairBackslash, match, progress);
      case state.pairBackslash:
        return this.#expect(byte === codes.u, state.pairUnit, match, progress);
      case state.pairUnit:
        return this.#pairUnit(hexValues[byte] as number, match, progress);
      case state.lineFeed:
        return this.#expect(byte === codes.lineFeed, state.plain, match, progress);
      case state.escapedLineFeed:
        return this.#expect(byte === codes.backslash, state.escapedLineFeedLetter, match, progress);
      case state.escapedLineFeedLetter:
        return this.#expect(byte === codes.n, state.plain, match, progress);
      case state.percentLineFeed:
        return this.#expect(byte === codes.percent, state.percentLineFeedZero, match, progress);
      case state.percentLineFeedZero:
        return this.#expect(byte === codes.zero, state.percentLineFeedDigit, match, progress);
      case state.percentLineFeedDigit:
        return this.#expect(hexValues[byte] === codes.lineFeed, state.plain, match, progress);
    }
  }

  #plain(byte: number, match: PartialMatch, progress: Progress): void {
    // Most bytes are literal.
    if (beginsEscape[byte] === 0 && byte !== codes.plus) {
      if (match.narrow(this.#texts, 8, byte)) progress.arrive(match, this.#texts);
      return;
    }
    progress.arrive(match.narrowed(this.#texts, 8, byte), this.#texts);
    if (byte === codes.percent) progress.add(match.in(state.percent));
    else if (byte === codes.backslash && this.#isCharacter(match)) progress.add(match.in(state.backslash));
    else if (byte === codes.plus) progress.arrive(match.narrowed(this.#texts, 8, codes.blank), this.#texts);
    else if (byte === codes.carriageReturn) progress.add(this.#pastLineFeed(match, state.lineFeed));
  }

  /** Reports whether a character begins here. There is no escape in the middle of one. */
  #isCharacter(match: PartialMatch): boolean {
    return this.#texts.characterAt(match.order, match, match.bit) >= 0;
  }

  /** @param following the state after the expected byte */
  #expect(met: boolean, following: number, match: PartialMatch, progress: Progress): void {
    if (!met) return;
    if (following === state.plain) progress.arrive(match.in(following), this.#texts);
    else progress.add(match.in(following));
  }

  #pastLineFeed(match: PartialMatch, missing: number): PartialMatch | undefined {
    return match.narrowed(this.#texts, 8, codes.lineFeed)?.in(missing);
  }

  #percent(digit: number, match: PartialMatch, progress: Progress): void {
    if (digit >= 0) progress.add(match.narrowed(this.#texts, 4, digit)?.in(state.percentDigit, digit));
  }

  #percentDigit(digit: number, match: PartialMatch, progress: Progress): void {
    if (digit < 0) return;
    progress.arrive(match.narrowed(this.#texts, 4, digit)?.in(state.plain), this.#texts);
    // Web forms end lines with both, `%0D%0A`. Both have the same first digit.
    if (digit !== codes.carriageReturn || match.value !== 0) return;
    progress.add(match.narrowed(this.#texts, 4, codes.lineFeed)?.in(state.percentLineFeed));
  }

  #escape(byte: number, match: PartialMatch, progress: Progress): void {
    if (byte === codes.u) progress.add(match.in(state.unit));
    const meant = letterEscapes.get(byte);
    if (meant !== undefined) progress.arrive(match.in(state.plain).narrowed(this.#texts, 8, meant), this.#texts);
    if (byte === codes.r) progress.add(this.#pastLineFeed(match, state.escapedLineFeed));
  }

  /**
   * Reads a digit of `\uXXXX`. It narrows to a range of code units, and so of code points, which UTF-8 keeps in order.
   */
  #unit(digit: number, match: PartialMatch, progress: Progress): void {
    if (digit < 0) return;
    const { count, units, from, to } = withDigit(match.value, digit);
    if (to <= surrogates.first || from >= surrogates.end) {
      const narrowed = this.#characters(match, from, to);
      if (count === digitsOfUnit) this.#pastCharacter(narrowed, progress);
      else progress.add(narrowed?.in(state.unit, units));
    } else if (count === 1) {
      // After `\ud` both are possible.
      const one = this.#characters(match, from, surrogates.first) ?? this.#characters(match, paired.from, paired.end);
      if (one !== undefined) progress.add(match.in(state.unit, units));
    } else if (to <= surrogates.second) {
      const ofHalf = (unit: number) => paired.from + (unit - surrogates.first) * paired.perHalf;
      const narrowed = this.#characters(match, ofHalf(from), ofHalf(to));
      progress.add(count === digitsOfUnit ? narrowed?.in(state.pair) : narrowed?.in(state.unit, units));
    }
  }

  #pairUnit(digit: number, match: PartialMatch, progress: Progress): void {
    if (digit < 0) return;
    const { count, units, from, to } = withDigit(match.value, digit);
    if (from >= surrogates.end || to <= surrogates.second) return;
    const ofPair = this.#texts.characterAt(match.order, match, match.bit) & ~(paired.perHalf - 1);
    const first = Math.max(0, from - surrogates.second);
    const end = Math.min(paired.perHalf, to - surrogates.second);
    const narrowed = this.#characters(match, ofPair + first, ofPair + end);
    if (count === digitsOfUnit) this.#pastCharacter(narrowed, progress);
    else progress.add(narrowed?.in(state.pairUnit, units));
  }

  #characters(match: PartialMatch, from: number, to: number): PartialMatch | undefined {
    const narrowed = match.in(match.state, match.value);
    this.#texts.narrowToCharacters(match.order, narrowed, match.bit, from, to);
    return narrowed.lo < narrowed.hi ? narrowed : undefined;
  }

  /** The range has one character only. */
  #pastCharacter(match: PartialMatch | undefined, progress: Progress): void {
    if (match === undefined) return;
    const { order, lo, hi, bit, start } = match;
    const bits = 8 * this.#texts.characterLength(order, match, bit);
    progress.arrive(new PartialMatch(state.plain, order, lo, hi, bit + bits, 0, start), this.#texts);
  }
}

/** Adds a digit to a code unit. Returns which units, from `from` up to `to` (exclusive), begin with these digits. */
function withDigit(value: number, digit: number): { count: number; units: number; from: number; to: number } {
  const count = (value >> 16) + 1;
  const read = ((value & 0xffff) << 4) | digit;
  const free = 4 * (digitsOfUnit - count);
  return { count, units: (count << 16) | read, from: read << free, to: (read + 1) << free };
}
