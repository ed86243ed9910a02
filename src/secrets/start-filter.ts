import { codes } from './character-codes.ts';
import { EscapedStarts } from './escaped-starts.ts';
import { beginsEscape } from './escapes.ts';
import { FirstWindows, windowLength } from './first-windows.ts';
import type { SortedTexts } from './sorted-texts.ts';
import { starts, type Starts } from './starts.ts';

/** By byte: 1 if the filter checks the byte by itself. The bytes after an escape may not be literal. */
const isSpecial = Uint8Array.from(beginsEscape, (escape, byte) => (byte === codes.lineFeed ? 1 : escape));

/**
 * Finds where a search must begin. The four bytes at a position rule out nearly every position. The next four bytes
 * rule out most of the rest. So output costs one look-up a byte, however many secrets there are. A position that is
 * ruled out begins no secret.
 */
export class StartFilter {
  readonly #windows: FirstWindows;
  readonly #escaped: EscapedStarts;

  private constructor(windows: FirstWindows) {
    this.#windows = windows;
    this.#escaped = new EscapedStarts(windows);
  }

  /** Yields now and then, so that the caller can run other work. */
  static *of(texts: SortedTexts): Generator<void, StartFilter> {
    return new StartFilter(yield* FirstWindows.of(texts));
  }

  /** Adds all positions of a chunk where something may begin. Always adds the last ones, which too few bytes follow. */
  find(bytes: Uint8Array, found: Starts): void {
    const { windows } = this.#windows;
    for (let i = windows.next(bytes, 0, 0, isSpecial); i < bytes.length;) {
      const word = wordAt(bytes, i);
      const kinds = windows.kindsOf(word);
      if (kinds !== 0) this.#findWindow(kinds, bytes, i, found);
      if (isSpecial[bytes[i] as number] !== 0) this.#escaped.findAround(bytes, i, found);
      i = windows.next(bytes, i + 1, word, isSpecial);
    }
    this.#findPairs(bytes, found);
    for (let i = Math.max(0, bytes.length - windowLength); i < bytes.length; i++) found.add(i, starts.anywhere);
  }

  #findWindow(ofWindow: number, bytes: Uint8Array, last: number, found: Starts): void {
    const kinds = this.#windows.confirmed(ofWindow, bytes, last);
    if ((kinds & starts.text) !== 0) found.add(last - windowLength + 1, starts.text);
    if ((kinds & starts.base64) !== 0) found.add(last - windowLength, kinds & starts.base64);
  }

  /** Finds texts that are too short for a window. */
  #findPairs(bytes: Uint8Array, found: Starts): void {
    const { pairs } = this.#windows;
    if (pairs === undefined) return;
    let word = 0;
    for (let i = 0; i < bytes.length; i++) {
      word = ((word << 8) | (bytes[i] as number)) & 0xffff;
      const kinds = pairs[word] as number;
      if ((kinds & starts.text) !== 0) found.add(i - 1, starts.text);
      if ((kinds & starts.base64) !== 0) found.add(i - 2, kinds & starts.base64);
    }
  }

  /** Adds the position if something may begin there that occurs only at the beginning of a line. */
  findLine(bytes: Uint8Array, at: number, found: Starts): void {
    this.#escaped.findLine(bytes, at, found);
  }
}

/** Returns the four bytes up to a position. Bytes before the first one are 0. */
function wordAt(bytes: Uint8Array, last: number): number {
  if (last < 3) return (last < 1 ? 0 : wordAt(bytes, last - 1) << 8) | (bytes[last] as number);
  // Unrolled, because it is called for every escape.
  return (
    ((bytes[last - 3] as number) << 24) |
    ((bytes[last - 2] as number) << 16) |
    ((bytes[last - 1] as number) << 8) |
    (bytes[last] as number)
  );
}
