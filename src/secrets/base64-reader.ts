import { base64Values, codes, hexValues } from './character-codes.ts';
import { PartialMatch, Progress } from './partial-match.ts';
import type { Order, SortedTexts } from './sorted-texts.ts';
import { base64Start } from './starts.ts';
import { firstBase64State } from './text-reader.ts';

/** How far a partial match is within the encoding of one character. */
const state = {
  plain: firstBase64State,
  /** A second line end in a row ends the partial match. */
  afterLineEnd: firstBase64State + 1,
  percent: firstBase64State + 2,
  percentTwo: firstBase64State + 3,
  /** The value is 1 if a line end may be written here, else 0. */
  backslash: firstBase64State + 4,
  /** After `\u`. The value is the number of digits so far. */
  unit: firstBase64State + 5,
  lineFeed: firstBase64State + 6,
  escapedLineFeed: firstBase64State + 7,
  escapedLineFeedLetter: firstBase64State + 8,
  /** After a whole text. The value is the number of `=` that may follow. */
  padding: firstBase64State + 9,
  /** Within `%3D`. */
  paddingPercent: firstBase64State + 10,
  paddingPercentThree: firstBase64State + 11,
} as const;

/** These characters differ between the alphabets. URLs and JSON escape the same two. */
const [plus, slash] = [62, 63];
const bitsOfCharacter = 6;
/** `+` is `\u002b`, and `/` is `\u002f`. */
const digitsBeforeLast = [0, 0, 2];

/**
 * A form may continue on the next line only after 4 characters. Otherwise a line would wait for the next one if its
 * last character could start a secret, as every tenth does. Fewer characters of a secret before a line end are not
 * hidden.
 */
const bitsBeforeLineEnd = 3 * bitsOfCharacter;
/**
 * Base64 of a single byte is not searched for: 8 bits match every 85th pair of characters, and any output would be
 * unreadable.
 */
const leastBytes = 2;
/** A `=` stands for this many bits after the last byte. */
const bitsOfPadding = 2;

/** The number of bits of the previous byte in a text's first character, at each of the three alignments. */
export const bitsOfOthers: readonly number[] = [0, 2, 4];
/** The bits that a line may begin with: those after the first, second and third character at each alignment. */
export const lineFirstBits: readonly number[] = [1, 2, 3].flatMap((characters) => {
  return bitsOfOthers.map((others) => characters * bitsOfCharacter - others);
});

/**
 * The orders that `Base64Reader` needs: the first for texts from their beginning, the others for the parts that begin a
 * line.
 */
export const base64Orders = [
  { firstBit: 0, leastBits: leastBytes * 8 },
  // At least as many characters as before a line end.
  ...lineFirstBits.map((firstBit) => ({ firstBit, leastBits: bitsBeforeLineEnd + 1 })),
];

/**
 * Reads the bytes of texts inside longer base64 (RFC 4648, 4 and 5), with or without padding and over line ends. A
 * character may mix bits of a text with bits of its neighbours. Only the text's bits are compared, so such a character
 * is hidden too.
 */
export class Base64Reader {
  readonly #whole: Order;
  readonly #rests: readonly Order[];
  readonly #texts: SortedTexts;

  /** @param orders as `base64Orders` */
  constructor(texts: SortedTexts, orders: readonly Order[]) {
    this.#texts = texts;
    const [whole, ...rests] = orders;
    this.#whole = whole as Order;
    this.#rests = rests;
  }

  /** Begins all texts, at each of these alignments. A negative bit counts the neighbour's bits that come first. */
  begin(kinds: number, start: number, to: PartialMatch[]): void {
    for (const [alignment, others] of bitsOfOthers.entries()) {
      if ((kinds & base64Start(alignment)) !== 0) to.push(this.#all(this.#whole, -others, start));
    }
  }

  /** Begins the texts whose first part may be at the end of the previous line. */
  beginLine(start: number, to: PartialMatch[]): void {
    for (const order of this.#rests) to.push(this.#all(order, order.firstBit, start));
  }

  #all(order: Order, bit: number, start: number): PartialMatch {
    return new PartialMatch(state.plain, order, 0, order.texts.length, bit, 0, start);
  }

  read(byte: number, match: PartialMatch, progress: Progress): void {
    switch (match.state) {
      case state.plain:
        return this.#plain(byte, match, progress);
      case state.afterLineEnd:
        return this.#character(byte, false, match, progress);
      case state.percent:
        return this.#expect(byte === codes.two, state.percentTwo, match, progress);
      case state.percentTwo:
        return this.#lastDigit(hexValues[byte] as number, match, progress);
      case state.backslash:
        return this.#escape(byte, match, progress);
      case state.unit:
        return this.#unit(hexValues[byte] as number, match, progress);
      case state.lineFeed:
        return this.#expect(byte === codes.lineFeed, state.afterLineEnd, match, progress);
      case state.escapedLineFeed:
        return this.#expect(byte === codes.backslash, state.escapedLineFeedLetter, match, progress);
      case state.escapedLineFeedLetter:
        return this.#expect(byte === codes.n, state.afterLineEnd, match, progress);
      case state.padding:
        if (byte === codes.equals) return padded(match, progress);
        if (byte === codes.percent) progress.add(match.in(state.paddingPercent, match.value));
        return;
      case state.paddingPercent:
        if (byte === codes.three) progress.add(match.in(state.paddingPercentThree, match.value));
        return;
      case state.paddingPercentThree:
        if (hexValues[byte] === (codes.equals & 0xf)) padded(match, progress);
        return;
    }
  }

  #plain(byte: number, match: PartialMatch, progress: Progress): void {
    const mayEndLine = match.bit > bitsBeforeLineEnd;
    if (mayEndLine && byte === codes.lineFeed) progress.add(match.in(state.afterLineEnd));
    else if (mayEndLine && byte === codes.carriageReturn) progress.add(match.in(state.lineFeed));
    else this.#character(byte, mayEndLine, match, progress);
  }

  #character(byte: number, mayEndLine: boolean, match: PartialMatch, progress: Progress): void {
    const value = base64Values[byte] as number;
    if (value >= 0) this.#take(value, match, progress);
    else if (byte === codes.backslash && mayEndLine) progress.add(match.in(state.backslash, 1));
    else if (byte === codes.backslash && this.#mayBeEscaped(match)) progress.add(match.in(state.backslash));
    else if (byte === codes.percent && this.#mayBeEscaped(match)) progress.add(match.in(state.percent));
  }

  #escape(byte: number, match: PartialMatch, progress: Progress): void {
    const mayEndLine = match.value === 1;
    if (byte === codes.slash) this.#take(slash, match, progress);
    else if (byte === codes.u && this.#mayBeEscaped(match)) progress.add(match.in(state.unit));
    else if (mayEndLine && byte === codes.n) progress.add(match.in(state.afterLineEnd));
    else if (mayEndLine && byte === codes.r) progress.add(match.in(state.escapedLineFeed));
  }

  #unit(digit: number, match: PartialMatch, progress: Progress): void {
    const expected = digitsBeforeLast[match.value];
    if (expected === undefined) this.#lastDigit(digit, match, progress);
    else if (digit === expected) progress.add(match.in(state.unit, match.value + 1));
  }

  /** Reads the last digit of `2B` or `2F`. */
  #lastDigit(digit: number, match: PartialMatch, progress: Progress): void {
    if (digit === (codes.plus & 0xf)) this.#take(plus, match, progress);
    else if (digit === (codes.slash & 0xf)) this.#take(slash, match, progress);
  }

  #expect(met: boolean, following: number, match: PartialMatch, progress: Progress): void {
    if (met) progress.add(match.in(following));
  }

  /** Reports whether the next character can be one of the two that are escaped. */
  #mayBeEscaped(match: PartialMatch): boolean {
    return [plus, slash].some((value) => {
      const tried = new Progress();
      this.#take(value, match, tried);
      return tried.partial.length > 0 || tried.foundFrom < Infinity;
    });
  }

  /**
   * Reads a character with these six bits. A text that ends within it is found: the bits after it are not part of the
   * text. Two of them are written as one `=`, four as two, if nothing follows.
   */
  #take(value: number, match: PartialMatch, progress: Progress): void {
    const next = match.in(state.plain, 0, Math.max(0, match.bit));
    const count = bitsOfCharacter - (next.bit - match.bit);
    const toEndOfByte = 8 - (next.bit & 7);
    const first = Math.min(count, toEndOfByte);
    const rest = count - first;
    const bits = value & ((1 << count) - 1);
    if (!next.narrow(this.#texts, first, bits >> rest)) return;
    if (first < toEndOfByte) progress.add(next);
    else {
      const { lo, start } = next;
      const isOnly = progress.end(next, this.#texts);
      if (next.lo > lo && rest > 0) progress.add(paddingOf(match.order, rest / bitsOfPadding, start));
      if (isOnly) return;
      if (rest === 0 || next.narrow(this.#texts, rest, bits & ((1 << rest) - 1))) progress.add(next);
    }
  }
}

/** Returns a match of a whole text that padding may follow. It has no texts, so that those of all texts are one. */
function paddingOf(order: Order, count: number, start: number): PartialMatch {
  return new PartialMatch(state.padding, order, 0, 0, 0, count, start);
}

function padded(match: PartialMatch, progress: Progress): void {
  progress.foundFrom = Math.min(progress.foundFrom, match.start);
  if (match.value > 1) progress.add(match.in(state.padding, match.value - 1));
}
