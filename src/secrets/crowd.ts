import { codes } from './character-codes.ts';
import { PartialMatch, Progress } from './partial-match.ts';

/** The maximum of partial matches to keep, in all states together. */
const mostKept = 200_000;

/** Many partial matches, and what follows each byte. Positions count from the byte after the last one read. */
export interface Crowd {
  readonly partial: readonly PartialMatch[];
  /** The earliest position of a partial match. */
  readonly open: number;
  /** The start of the longest secret that ends with the last byte; none: infinity. */
  readonly foundFrom: number;
  readonly isLineStart: boolean;
  readonly isAfterBackslash: boolean;
  readonly next: Map<number, Crowd>;
}

/** Begins what can begin anywhere, and at the beginning of a line. Reads a byte. */
export interface CrowdReader {
  begin(isLineStart: boolean, start: number, to: PartialMatch[]): void;
  /** Reads a byte. The partial matches must not be used afterwards. */
  read(byte: number, partial: readonly PartialMatch[], progress: Progress): readonly PartialMatch[];
}

/**
 * Remembers the results of reading a byte for many partial matches. Only a text that repeats itself makes many: each of
 * its positions may begin a secret that repeats itself too. Such a text reaches the same states again and again. So a
 * byte costs one look-up, instead of one for each partial match.
 */
export class Crowds {
  #known = new Map<string, Crowd>();
  #kept = 0;
  readonly #reader: CrowdReader;

  constructor(reader: CrowdReader) {
    this.#reader = reader;
  }

  /** @param position the end of the bytes that were read */
  enter(partial: readonly PartialMatch[], position: number, isLineStart: boolean, isAfterBackslash: boolean): Crowd {
    return this.#crowd(moved(partial, -position), Infinity, isLineStart, isAfterBackslash);
  }

  /** Returns the partial matches with positions of the stream. */
  leave({ partial }: Crowd, position: number): PartialMatch[] {
    return moved(partial, position);
  }

  read(crowd: Crowd, byte: number): Crowd {
    const known = crowd.next.get(byte);
    if (known !== undefined) return known;
    const all = moved(crowd.partial, 0);
    this.#reader.begin(crowd.isLineStart, 0, all);
    const progress = new Progress();
    const partial = moved(this.#reader.read(byte, all, progress), -1);
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

  /** Also clears the links between crowds. Otherwise a search in one crowd would keep them all. */
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
