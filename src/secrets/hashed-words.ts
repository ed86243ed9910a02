const [leastBits, mostBits] = [10, 24];
/** The number of bits for each word. About one in 20 other words has the same hash. */
const bitsOfWord = 16;
const factors = [0x9e3779b1, 0x85ebca6b] as const;

/**
 * A filter for sets of 32-bit words of several kinds. It has a false positive for one in some hundreds of other words.
 * A first hash tells whether a word may be in any set, a second one in which.
 */
export class HashedWords {
  /** A word's bit in `bits` has the index `word * factor >>> shift`. Exposed for loops that check every byte. */
  readonly bits: Uint32Array;
  readonly factor = factors[0];
  readonly shift: number;
  /** The kinds by the second hash, as bits. */
  readonly #kinds: Uint8Array;
  readonly #kindsShift: number;

  /**
   * @param expected the approximate number of words
   */
  constructor(expected: number) {
    const log = Math.min(mostBits, Math.max(leastBits, Math.ceil(Math.log2(expected * bitsOfWord))));
    this.bits = new Uint32Array(2 ** (log - 5));
    this.shift = 32 - log;
    this.#kinds = new Uint8Array(2 ** (log - 1));
    this.#kindsShift = this.shift + 1;
  }

  /**
   * @param kinds as bits
   */
  add(word: number, kinds: number): void {
    const first = Math.imul(word, factors[0]) >>> this.shift;
    const second = Math.imul(word, factors[1]) >>> this.#kindsShift;
    this.bits[first >>> 5] = (this.bits[first >>> 5] as number) | (1 << first);
    this.#kinds[second] = (this.#kinds[second] as number) | kinds;
  }

  /** Returns the possible kinds of a word, or 0 if it was not added. */
  kindsOf(word: number): number {
    const first = Math.imul(word, factors[0]) >>> this.shift;
    return (((this.bits[first >>> 5] as number) >>> first) & 1) === 0 ? 0 : this.kindsOfHit(word);
  }

  /** Like `kindsOf`, for a word whose bit is set. */
  kindsOfHit(word: number): number {
    return this.#kinds[Math.imul(word, factors[1]) >>> this.#kindsShift] as number;
  }
}
