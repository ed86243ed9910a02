const newline = 0x0a;

/** Puts a prefix before each line of an output, so that outputs of several containers can be told apart. */
export class PrefixedLines {
  readonly #prefix: Uint8Array;
  readonly #write: (bytes: Uint8Array) => void | Promise<void>;
  /** The beginning of a line whose end has not come yet. */
  #rest: Uint8Array[] = [];
  #length = 0;

  constructor(prefix: string, write: (bytes: Uint8Array) => void | Promise<void>) {
    this.#prefix = Buffer.from(prefix);
    this.#write = write;
  }

  /** Forwards all lines that are complete. */
  async add(bytes: Uint8Array): Promise<void> {
    let from = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, from)) {
      await this.#line(bytes.subarray(from, end + 1));
      from = end + 1;
    }
    if (from === bytes.length) return;
    this.#rest.push(Uint8Array.from(bytes.subarray(from)));
    this.#length += bytes.length - from;
    if (this.#length >= longestLine) await this.end();
  }

  /** Forwards what is left, as a line. */
  async end(): Promise<void> {
    if (this.#length > 0) await this.#line(Buffer.of(newline));
  }

  async #line(last: Uint8Array): Promise<void> {
    const line = Buffer.concat([this.#prefix, ...this.#rest, last]);
    this.#rest = [];
    this.#length = 0;
    await this.#write(line);
  }
}

/** Longer lines are broken. */
const longestLine = 64 * 1024;
