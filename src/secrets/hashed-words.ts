const [leastBits, mostBits] = [10, 24];
/** Bits for each word, of which two are set. */
const bitsOfWord = 16;
/**
 * The factors of the first and the second hash: odd numbers without a pattern in their bits. 32-bit integers, for
 * `Math.imul`.
 */
const blockFactor = 0x9e3779b1 | 0;
const bitFactor = 0x85ebca6b | 0;
/** Where the second hash contains the numbers of the two bits. */
const firstBit = 27;
const secondBit = 22;

/**
 * Sets of 32-bit words, of different kinds, as a filter (a Bloom filter in blocks of 32 bits). It also reports one in
 * some hundreds of words that were not added. The first hash selects a block. The second hash selects two bits of the
 * block, and the word's kinds.
 */
export class HashedWords {
  readonly #blocks: Int32Array;
  /** Shifts a first hash to the number of its block. */
  readonly #blockShift: number;
  /** By the second hash: the kinds, as bits. */
  readonly #kinds: Uint8Array;
  readonly #kindsShift: number;

  /**
   * @param expected the approximate number of words
   */
  constructor(expected: number) {
    const log = Math.min(mostBits, Math.max(leastBits, Math.ceil(Math.log2(expected * bitsOfWord))));
    this.#blocks = new Int32Array(2 ** (log - 5));
    this.#blockShift = 32 - (log - 5);
    this.#kinds = new Uint8Array(2 ** (log - 3));
    this.#kindsShift = 32 - (log - 3);
  }

  /**
   * @param kinds as bits
   */
  add(word: number, kinds: number): void {
    const block = Math.imul(word, blockFactor) >>> this.#blockShift;
    const second = Math.imul(word, bitFactor);
    this.#blocks[block] =
      (this.#blocks[block] as number) | (1 << (second >>> firstBit)) | (1 << (second >>> secondBit));
    const at = second >>> this.#kindsShift;
    this.#kinds[at] = (this.#kinds[at] as number) | kinds;
  }

  /** Returns the possible kinds of a word, or 0 if it was not added. */
  kindsOf(word: number): number {
    const second = Math.imul(word, bitFactor);
    const block = this.#blocks[Math.imul(word, blockFactor) >>> this.#blockShift] as number;
    const isHit = ((block >>> (second >>> firstBit)) & (block >>> (second >>> secondBit)) & 1) !== 0;
    return isHit ? (this.#kinds[second >>> this.#kindsShift] as number) : 0;
  }

  /**
   * Returns where the first word of four bytes ends that may have been added, or an earlier byte for which `stops` is
   * 1. Returns the length if there is neither. This loop reads every byte of output, so its data is in local variables.
   * @param from the position after the first three bytes
   * @param begun the first three bytes
   */
  next(bytes: Uint8Array, from: number, begun: number, stops: Uint8Array): number {
    const blocks = this.#blocks;
    const shift = this.#blockShift;
    const { length } = bytes;
    const [ofBlock, ofBits, first, other] = [blockFactor, bitFactor, firstBit, secondBit];
    let word = begun;
    for (let i = from; i < length; i++) {
      const byte = bytes[i] as number;
      word = (word << 8) | byte;
      const block = blocks[Math.imul(word, ofBlock) >>> shift] as number;
      const second = Math.imul(word, ofBits);
      if (((block >>> (second >>> first)) & (block >>> (second >>> other)) & 1) !== 0) return i;
      if (stops[byte] !== 0) return i;
    }
    return length;
  }
}
