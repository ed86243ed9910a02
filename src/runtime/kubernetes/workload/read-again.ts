import { createHash, type Hash } from 'node:crypto';

/**
 * Bytes that are read again from their beginning whenever the way to them breaks, and handed on once: what has been
 * given is skipped, if it is the same. One object for all readings, one `Reading` for each.
 */
export class ReadAgain {
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

/** One time from the beginning to the end, or to where it breaks. */
export class Reading {
  #skipped = 0;
  readonly #hash: Hash = createHash('sha256');

  constructor(
    private readonly before: number,
    private readonly wanted: Buffer | undefined,
    private readonly give: (fresh: Uint8Array) => void,
  ) {}

  /** What of these bytes has not been given yet. Throws `ReadAnother` where those before it are not what was given. */
  take(bytes: Uint8Array): Uint8Array {
    const known = bytes.subarray(0, this.before - this.#skipped);
    const fresh = bytes.subarray(known.length);
    if (known.length > 0) {
      this.#skipped += known.length;
      this.#hash.update(known);
      if (this.#skipped === this.before && this.wanted?.equals(this.#hash.digest()) !== true) throw new ReadAnother();
    }
    if (fresh.length > 0) this.give(fresh);
    return fresh;
  }

  /** Called at the end. Throws `ReadAnother` where that came sooner than before. */
  end(): void {
    if (this.#skipped < this.before) throw new ReadAnother();
  }
}

export class ReadAnother extends Error {
  override readonly name = 'ReadAnother';
  constructor() {
    super('it has changed while it was read');
  }
}
