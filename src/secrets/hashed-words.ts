const [leastBits, mostBits] = [10, 24];
/** Bits for each word, so that a hash of about every 20th other word is taken. */
const bitsOfWord = 16;
const factors = [0x9e3779b1, 0x85ebca6b] as const;

/** A set of 32-bit words that takes one in some hundreds that were not added for one that was: a Bloom filter of two hashes. */
export class HashedWords {
  /** The word's bit in `bits` is its product with `factor`, shifted to the right by `shift`: for loops that look up every byte. */
  readonly bits: Uint32Array;
  readonly factor = factors[0];
  readonly shift: number;
  readonly #others: Uint32Array;

  /** @param expected how many words will be added, about */
  constructor(expected: number) {
    const log = Math.min(mostBits, Math.max(leastBits, Math.ceil(Math.log2(expected * bitsOfWord))));
    this.bits = new Uint32Array(2 ** (log - 5));
    this.#others = new Uint32Array(2 ** (log - 5));
    this.shift = 32 - log;
  }

  add(word: number): void {
    const [first, second] = [this.#hash(word, factors[0]), this.#hash(word, factors[1])];
    this.bits[first >>> 5] = (this.bits[first >>> 5] as number) | (1 << first);
    this.#others[second >>> 5] = (this.#others[second >>> 5] as number) | (1 << second);
  }

  has(word: number): boolean {
    const first = this.#hash(word, factors[0]);
    return (((this.bits[first >>> 5] as number) >>> first) & 1) !== 0 && this.hasOther(word);
  }

  /** Whether the second hash was added: what a loop asks after the first. */
  hasOther(word: number): boolean {
    const second = this.#hash(word, factors[1]);
    return (((this.#others[second >>> 5] as number) >>> second) & 1) !== 0;
  }

  #hash(word: number, factor: number): number {
    return Math.imul(word, factor) >>> this.shift;
  }
}
