import { createHash, type Hash } from 'node:crypto';

/**
 * Reads bytes again from the beginning whenever the connection breaks, and returns each byte once. Skips bytes that
 * were already returned if they are equal. Use one object for all readings, and one `Reading` for each.
 */
export class RestartableRead {
  #given = 0;
  readonly #hash: Hash = createHash('sha256');

  reading(): Reading {
    const before = this.#given;
    const wanted = before === 0 ? undefined : this.#hash.copy().digest();
    return new Reading(before, wanted, (fresh) => {
      this.#given += fresh.length;
      this.#hash.update(fresh);
    });
  }
}

/** One reading from the beginning to the end or to a broken connection. */
export class Reading {
  #skipped = 0;
  readonly #hash: Hash = createHash('sha256');
  readonly #before: number;
  readonly #wanted: Buffer | undefined;
  readonly #give: (fresh: Uint8Array) => void;

  constructor(before: number, wanted: Buffer | undefined, give: (fresh: Uint8Array) => void) {
    this.#before = before;
    this.#wanted = wanted;
    this.#give = give;
  }

  /** Returns the bytes that are new. Throws `ContentChanged` if the bytes before them differ from what was returned. */
  take(bytes: Uint8Array): Uint8Array {
    const known = bytes.subarray(0, this.#before - this.#skipped);
    const fresh = bytes.subarray(known.length);
    if (known.length > 0) {
      this.#skipped += known.length;
      this.#hash.update(known);
      if (this.#skipped === this.#before && this.#wanted?.equals(this.#hash.digest()) !== true)
        throw new ContentChanged();
    }
    if (fresh.length > 0) this.#give(fresh);
    return fresh;
  }

  /** Called at the end. Throws `ContentChanged` if this reading is shorter than an earlier one. */
  end(): void {
    if (this.#skipped < this.#before) throw new ContentChanged();
  }
}

export class ContentChanged extends Error {
  override readonly name = 'ContentChanged';
  constructor() {
    super('the content changed while it was read');
  }
}
