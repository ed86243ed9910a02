/** More than any of Slipway's commands in a pod prints. */
const mostBytes = 64 * 1024;

/**
 * Collects the first bytes of what a command in a pod prints. The shell may be an image's own and print without end.
 */
export class CappedText {
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
