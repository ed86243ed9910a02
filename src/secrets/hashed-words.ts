const [leastBits, mostBits] = [10, 24];
/** Bits for each word, so that a hash of about every 20th other word is taken. */
const bitsOfWord = 16;
const factors = [0x9e3779b1, 0x85ebca6b] as const;

/**
 * Sets of 32-bit words, of different kinds, as a filter: it reports one in some hundreds of words that were not
 * added. One hash tells whether a word may be of any kind, a second one of which.
 */
export class HashedWords {
  /**
   * The word's bit in `bits` is its product with `factor`, shifted to the right by `shift`: for loops that look up
   * every byte.
   */
  readonly bits: Uint32Array;
  readonly factor = factors[0];
  readonly shift: number;
  /** By the second hash: the kinds, each a bit. */
  readonly #kinds: Uint8Array;
  readonly #kindsShift: number;

  /** @param expected how many words will be added, about */
  constructor(expected: number) {
    const log = Math.min(mostBits, Math.max(leastBits, Math.ceil(Math.log2(expected * bitsOfWord))));
    this.bits = new Uint32Array(2 ** (log - 5));
    this.shift = 32 - log;
    this.#kinds = new Uint8Array(2 ** (log - 1));
    this.#kindsShift = this.shift + 1;
  }

  /** @param kinds as bits */
  add(word: number, kinds: number): void {
    const first = Math.imul(word, factors[0]) >>> this.shift;
    const second = Math.imul(word, factors[1]) >>> this.#kindsShift;
    this.bits[first >>> 5] = (this.bits[first >>> 5] as number) | (1 << first);
    this.#kinds[second] = (this.#kinds[second] as number) | kinds;
  }

  /** Of which kinds a word may be; 0 if it was not added. */
  kindsOf(word: number): number {
    const first = Math.imul(word, factors[0]) >>> this.shift;
    return (((this.bits[first >>> 5] as number) >>> first) & 1) === 0 ? 0 : this.kindsOfHit(word);
  }

  /** As `kindsOf`, of a word whose bit is set. */
  kindsOfHit(word: number): number {
    return this.#kinds[Math.imul(word, factors[1]) >>> this.#kindsShift] as number;
  }
}
