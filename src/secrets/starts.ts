/**
 * What may begin at a position, as bits: a text as it is, base64 at the beginning of a line, and base64 at any of
 * three alignments.
 */
export const starts = { text: 1, line: 2, base64: 0b11100, anywhere: 0b11101 } as const;

/** @param alignment 0, 1, 2 */
export function base64Start(alignment: number): number {
  return 0b100 << alignment;
}

/** Positions of a chunk where a search begins, in order, with what may begin there. Used again for each chunk. */
export class Starts {
  #length = 0;
  #kinds = new Uint8Array(0);
  #positions: number[] = [];

  /** Begins with no position, for a chunk of this length. */
  reset(length: number): void {
    for (const position of this.#positions) this.#kinds[position] = 0;
    this.#positions.length = 0;
    this.#length = length;
    if (this.#kinds.length < length) this.#kinds = new Uint8Array(length);
  }

  /** Positions come nearly in order. One outside of the chunk is left out: the chunk that it is in has it. */
  add(position: number, kinds: number): void {
    if (kinds === 0 || position < 0 || position >= this.#length) return;
    const known = this.#kinds[position] as number;
    this.#kinds[position] = known | kinds;
    if (known !== 0) return;
    const positions = this.#positions;
    let at = positions.length;
    while (at > 0 && (positions[at - 1] as number) > position) {
      positions[at] = positions[at - 1] as number;
      at--;
    }
    positions[at] = position;
  }

  get count(): number {
    return this.#positions.length;
  }

  /** Infinity after the last one. */
  position(i: number): number {
    return this.#positions[i] ?? Infinity;
  }

  kinds(i: number): number {
    return this.#kinds[this.#positions[i] as number] as number;
  }
}
