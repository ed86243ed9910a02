/**
 * What may begin at a position, as bits: a text itself, base64 at the beginning of a line, and base64 at any of three
 * alignments.
 */
export const starts = { text: 1, line: 2, base64: 0b11100, anywhere: 0b11101 } as const;

/** @param alignment 0, 1, 2 */
export function base64Start(alignment: number): number {
  return 0b100 << alignment;
}

const positionsOfWord = 32;

/** Positions of a chunk where a search begins, with what may begin there. Reused for each chunk. */
export class Starts {
  #length = 0;
  /** By position. */
  #kinds = new Uint8Array(0);
  /** A bit for each position with kinds, to find the next one without checking each. */
  #marks = new Int32Array(0);

  /** Removes all positions, for a chunk of this length. */
  reset(length: number): void {
    this.#kinds.fill(0, 0, this.#length);
    this.#marks.fill(0, 0, Math.ceil(this.#length / positionsOfWord));
    this.#length = length;
    if (this.#kinds.length >= length) return;
    this.#kinds = new Uint8Array(length);
    this.#marks = new Int32Array(Math.ceil(length / positionsOfWord));
  }

  /** Adds a position, in any order. Ignores one outside of the chunk: the chunk that contains it has it. */
  add(position: number, kinds: number): void {
    if (kinds === 0 || position < 0 || position >= this.#length) return;
    this.#kinds[position] = (this.#kinds[position] as number) | kinds;
    const word = position >>> 5;
    this.#marks[word] = (this.#marks[word] as number) | (1 << position);
  }

  /** Returns the first position that is at least this one. Returns the chunk's length after the last one. */
  next(from: number): number {
    if (from >= this.#length) return this.#length;
    const last = (this.#length - 1) >>> 5;
    let word = from >>> 5;
    let marks = (this.#marks[word] as number) & (-1 << from);
    while (marks === 0 && word < last) marks = this.#marks[++word] as number;
    // The lowest set bit.
    return marks === 0 ? this.#length : word * positionsOfWord + 31 - Math.clz32(marks & -marks);
  }

  /** Returns 0 if nothing may begin at the position. */
  kinds(position: number): number {
    return this.#kinds[position] as number;
  }
}
