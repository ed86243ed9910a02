import { base64Values, codes } from './character-codes.ts';
import { beginsEscape, readEscape, type Meaning } from './escapes.ts';
import { windowLength, type FirstWindows } from './first-windows.ts';
import { starts, type Starts } from './starts.ts';

/** A reason to read characters of base64. */
interface Base64Goal {
  /** The number of characters to read. */
  readonly count: number;
  /** A line end may precede this character and later ones. */
  readonly lineEndFrom: number;
  /** @param word the last four characters, as their bytes */
  readonly kindsOf: (word: number) => number;
}

/**
 * Finds where something may begin that has an escape or a line end among its first characters. Each escape is read both
 * as its meaning and as its literal bytes. Windows of literal bytes only are not judged here.
 */
export class EscapedStarts {
  readonly #windows: FirstWindows;
  readonly #anywhere: Base64Goal;
  readonly #line: Base64Goal;

  constructor(windows: FirstWindows) {
    this.#windows = windows;
    // A window begins after the first character.
    this.#anywhere = {
      count: windowLength + 1,
      lineEndFrom: windowLength,
      kindsOf: (word) => windows.windows.kindsOf(word) & starts.base64,
    };
    this.#line = {
      count: windowLength,
      lineEndFrom: 1,
      kindsOf: (word) => (windows.mayBeginLine(word) ? starts.line : 0),
    };
  }

  /** Adds positions for which the byte at a position is the first one that is not literal. */
  findAround(bytes: Uint8Array, at: number, found: Starts): void {
    if (bytes[at] === codes.lineFeed) {
      this.#findLineEnd(bytes, at, at + 1, found);
      this.findLine(bytes, at + 1, found);
      return;
    }
    if (bytes[at] === codes.backslash && bytes[at + 1] === codes.n) this.findLine(bytes, at + 2, found);
    const meanings = readEscape(bytes, at);
    if (meanings === undefined) {
      for (let i = at - windowLength; i <= at; i++)
        found.add(i, i < at - windowLength + 1 ? starts.base64 : starts.anywhere);
      return;
    }
    for (const meaning of meanings) {
      this.#findText(bytes, at, meaning, found);
      if (meaning.endsLine) this.#findLineEnd(bytes, at, at + meaning.length, found);
      else if (isEscapedInBase64(meaning)) this.#findBase64(bytes, at, meaning, found);
    }
  }

  /** Adds the position if something may begin there that occurs only at the beginning of a line. */
  findLine(bytes: Uint8Array, at: number, found: Starts): void {
    // Most lines begin with four literal characters, or with something that is not base64.
    let word = 0;
    let i = at;
    for (; i < at + windowLength && isBase64(bytes[i]); i++) word = (word << 8) | (bytes[i] as number);
    const mayBegin = this.#readBase64(bytes, i, i - at, word, true, this.#line) !== 0;
    if (mayBegin) found.add(at, starts.line);
  }

  #findText(bytes: Uint8Array, at: number, meaning: Meaning, found: Starts): void {
    const { placesOfByte } = this.#windows;
    const places = placesOfByte[meaning.bytes[0] as number] as number;
    // Most escaped characters are not in the beginning of a secret.
    for (let place = 0; places >> place !== 0; place++) {
      if (((places >> place) & 1) === 0 || place > at) continue;
      let word = 0;
      let isPossible = true;
      for (let i = 0; i < place; i++) {
        const byte = bytes[at - place + i] as number;
        isPossible &&= (((placesOfByte[byte] as number) >> i) & 1) !== 0;
        word = (word << 8) | byte;
      }
      if (isPossible && this.#readMeaning(bytes, at, meaning, place, word)) found.add(at - place, starts.text);
    }
  }

  /** Reports whether a text may begin with these bytes, then with the meaning of the escape at the position. */
  #readMeaning(bytes: Uint8Array, at: number, meaning: Meaning, count: number, word: number): boolean {
    let [length, all] = [count, word];
    for (const byte of meaning.bytes) {
      all = (all << 8) | byte;
      length++;
      if (length === windowLength) break;
      if (length === 2 && this.#isShortText(all)) return true;
    }
    return this.#readText(bytes, at + meaning.length, length, all);
  }

  /** Reports whether a text may begin with these bytes, then with what is at the position. */
  #readText(bytes: Uint8Array, at: number, count: number, word: number): boolean {
    if (count === windowLength) return (this.#windows.windows.kindsOf(word) & starts.text) !== 0;
    const byte = bytes[at];
    if (byte === undefined) return true;
    const next = (word << 8) | byte;
    if (count === 1 && this.#isShortText(next)) return true;
    const mayFollow = (((this.#windows.placesOfByte[byte] as number) >> count) & 1) !== 0;
    if (mayFollow && this.#readText(bytes, at + 1, count + 1, next)) return true;
    if (beginsEscape[byte] === 0) return false;
    const meanings = readEscape(bytes, at);
    return meanings === undefined || meanings.some((meaning) => this.#readMeaning(bytes, at, meaning, count, word));
  }

  #isShortText(word: number): boolean {
    const { pairs } = this.#windows;
    return pairs !== undefined && ((pairs[word & 0xffff] as number) & starts.text) !== 0;
  }

  /** Finds base64 with an escaped character in any of its first places. */
  #findBase64(bytes: Uint8Array, at: number, meaning: Meaning, found: Starts): void {
    const character = meaning.bytes[0] as number;
    let before = 0;
    for (let place = 0; place <= windowLength && place <= at; place++) {
      if (place > 0) {
        const byte = bytes[at - place];
        if (!isBase64(byte)) return;
        before |= byte << (8 * (place - 1));
      }
      const word = (before << 8) | character;
      found.add(at - place, this.#readBase64(bytes, at + meaning.length, place + 1, word, true, this.#anywhere));
    }
  }

  /** Finds base64 with a line end before its fifth character. @param after the start of the next line */
  #findLineEnd(bytes: Uint8Array, at: number, after: number, found: Starts): void {
    if (at < windowLength) return;
    let word = 0;
    for (let i = at - 1; i >= at - windowLength; i--) if (!isBase64(bytes[i])) return;
    for (let i = at - windowLength; i < at; i++) word = (word << 8) | (bytes[i] as number);
    found.add(at - windowLength, this.#readBase64(bytes, after, windowLength, word, false, this.#anywhere));
  }

  /**
   * Returns what may begin with these characters, then with those from a position on.
   * @param count the number of characters so far
   * @param word the last four of them, as bytes
   */
  #readBase64(
    bytes: Uint8Array,
    from: number,
    before: number,
    wordBefore: number,
    mayEndLine: boolean,
    goal: Base64Goal,
  ): number {
    let [at, count, word] = [from, before, wordBefore];
    let kinds = 0;
    for (; ; at++, count++) {
      if (count === 3) kinds |= this.#shortBase64(word);
      if (count === goal.count) return kinds | goal.kindsOf(word);
      const byte = bytes[at];
      if (!isBase64(byte)) break;
      word = (word << 8) | byte;
    }
    const byte = bytes[at];
    if (byte === undefined) return starts.base64;
    // A line end has no other line end before it.
    const isLineEnd = count >= goal.lineEndFrom && (mayEndLine || count > before);
    if (isLineEnd && byte === codes.lineFeed) return kinds | this.#readBase64(bytes, at + 1, count, word, false, goal);
    if (beginsEscape[byte] === 0) return kinds;
    const meanings = readEscape(bytes, at);
    if (meanings === undefined) return starts.base64;
    for (const meaning of meanings) {
      const after = at + meaning.length;
      if (isEscapedInBase64(meaning))
        kinds |= this.#readBase64(bytes, after, count + 1, (word << 8) | (meaning.bytes[0] as number), true, goal);
      else if (isLineEnd && meaning.endsLine) kinds |= this.#readBase64(bytes, after, count, word, false, goal);
    }
    return kinds;
  }

  /** Returns the starts of texts too short for a window, by their second and third character. */
  #shortBase64(word: number): number {
    const { pairs } = this.#windows;
    return pairs === undefined ? 0 : (pairs[word & 0xffff] as number) & starts.base64;
  }
}

function isBase64(byte: number | undefined): byte is number {
  return byte !== undefined && base64Values[byte] !== -1;
}

/** Reports whether the meaning is a character of base64 that URLs or JSON escape. */
function isEscapedInBase64({ bytes }: Meaning): boolean {
  return bytes[0] === codes.plus || bytes[0] === codes.slash;
}
