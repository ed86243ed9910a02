/**
 * How far before a pair a search begins: one byte, since a pattern may begin there, and two more that tell whether that is at the
 * beginning of a line (`\n` as two characters).
 */
export const margin = 3;

/**
 * The pairs of bytes that a pattern can begin with, or has at its second place: of every two bytes next to each other in the output
 * only each second pair has to be looked at to see that no pattern begins there. That takes no state from one look to the next, and so
 * a fraction of the time.
 */
export class FirstPairs {
  readonly #pairs = new Uint8Array(0x10000);

  add(first: number, second: number): void {
    this.#pairs[(first << 8) | second] = 1;
  }

  /** A pattern may end with this byte, whatever comes then. */
  addLast(byte: number): void {
    this.#pairs.fill(1, byte << 8, (byte + 1) << 8);
  }

  /** A pattern is this byte alone, which may be the second one of the pair that is looked at. */
  addWhole(byte: number): void {
    this.addLast(byte);
    for (let first = 0; first < 256; first++) this.add(first, byte);
  }

  /** From where on to search. The bytes that are left out are in no pattern. */
  skip(bytes: Uint8Array, from: number): number {
    const pairs = this.#pairs;
    let at = from;
    const last = bytes.length - 1;
    while (at < last && pairs[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] === 0) at += 2;
    return Math.max(from, at - margin);
  }
}
