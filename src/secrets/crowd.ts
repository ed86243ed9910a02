import { codes } from './character-codes.ts';
import { PartialMatch, Progress } from './partial-match.ts';

/** Partial matches that are kept at most, in all states together. */
const mostKept = 200_000;

/**
 * Many partial matches at once, and what follows each byte. Positions are counted from the byte after the last one
 * that was read.
 */
export interface Crowd {
  readonly partial: readonly PartialMatch[];
  /** The earliest position of a partial match. */
  readonly open: number;
  /** Where the longest secret begins that ends with the last byte; none: infinity. */
  readonly foundFrom: number;
  readonly isLineStart: boolean;
  readonly isAfterBackslash: boolean;
  readonly next: Map<number, Crowd>;
}

/** Begins what can begin anywhere, and at the beginning of a line; reads a byte. */
export interface CrowdReader {
  begin(isLineStart: boolean, start: number, to: PartialMatch[]): void;
  /** Uses the partial matches up. */
  read(byte: number, partial: readonly PartialMatch[], progress: Progress): readonly PartialMatch[];
}

/**
 * Remembers what becomes of many partial matches. Only a text that repeats itself makes many, since each position of
 * it may begin a secret that repeats itself, too; and such a text comes to the same states again and again. So it
 * costs a look-up a byte, where it would cost one for each partial match.
 */
export class Crowds {
  #known = new Map<string, Crowd>();
  #kept = 0;

  constructor(private readonly reader: CrowdReader) {}

  /** @param position where the bytes that were read end */
  enter(partial: readonly PartialMatch[], position: number, isLineStart: boolean, isAfterBackslash: boolean): Crowd {
    return this.#crowd(moved(partial, -position), Infinity, isLineStart, isAfterBackslash);
  }

  /** The partial matches, as positions of the stream. */
  leave({ partial }: Crowd, position: number): PartialMatch[] {
    return moved(partial, position);
  }

  read(crowd: Crowd, byte: number): Crowd {
    const known = crowd.next.get(byte);
    if (known !== undefined) return known;
    const all = moved(crowd.partial, 0);
    this.reader.begin(crowd.isLineStart, 0, all);
    const progress = new Progress();
    const partial = moved(this.reader.read(byte, all, progress), -1);
    const isLineStart = byte === codes.lineFeed || (byte === codes.n && crowd.isAfterBackslash);
    const next = this.#crowd(partial, progress.foundFrom - 1, isLineStart, byte === codes.backslash);
    crowd.next.set(byte, next);
    return next;
  }

  #crowd(partial: readonly PartialMatch[], foundFrom: number, isLineStart: boolean, isAfterBackslash: boolean): Crowd {
    const key = `${foundFrom} ${isLineStart} ${isAfterBackslash} ${partial.map(keyOf).join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#kept > mostKept) this.#forget();
    this.#kept += partial.length;
    const open = partial.reduce((earliest, { start }) => Math.min(earliest, start), 0);
    const crowd: Crowd = { partial, open, foundFrom, isLineStart, isAfterBackslash, next: new Map() };
    this.#known.set(key, crowd);
    return crowd;
  }

  /** Also what leads from one to another: a search that is in one of them would keep them all. */
  #forget(): void {
    for (const { next } of this.#known.values()) next.clear();
    this.#known = new Map();
    this.#kept = 0;
  }
}

function moved(partial: readonly PartialMatch[], by: number): PartialMatch[] {
  return partial.map(({ state, order, lo, hi, bit, value, start }) => {
    return new PartialMatch(state, order, lo, hi, bit, value, start + by);
  });
}

function keyOf({ state, order, lo, bit, value, start }: PartialMatch): string {
  return `${state},${order.firstBit},${lo},${bit},${value},${start}`;
}
