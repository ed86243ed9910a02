/** More than any of our commands in a pod has to say. */
const mostBytes = 64 * 1024;

/**
 * What a command in a pod says, as far as it counts: its shell may be an image's own, which can say anything, and never
 * come to an end.
 */
export class SaidText {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  readonly push = (bytes: Uint8Array): void => {
    const taken = bytes.subarray(0, mostBytes - this.#length);
    if (taken.length === 0) return;
    this.#parts.push(taken);
    this.#length += taken.length;
  };

  get text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}
