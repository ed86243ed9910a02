import type { TarHeader } from './tar-header.ts';
import { parseTar, type TarPiece } from './tar-parser.ts';

export interface TarEntry {
  readonly header: TarHeader;
  /** Read it once, before the next entry. The unread rest is skipped. Shares memory with the source. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Yields the entries of a tar in order. Accepts ustar, pax, GNU's and the old format, as engines and `tar` write them.
 * Throws `TarError`: `truncated` even if only the end marker is missing, since the tar of a dying engine looks like
 * that.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  const pieces = new Pieces(parseTar(source));
  try {
    for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) {
      if (piece.kind === 'data') continue;
      yield { header: piece.header, body: pieces.body() };
    }
  } finally {
    await pieces.close();
  }
}

/** The pieces with one piece of lookahead. */
class Pieces {
  #batch: readonly TarPiece[] = [];
  #at = 0;
  #entry = 0;
  readonly #batches: AsyncGenerator<readonly TarPiece[], void, undefined>;

  constructor(batches: AsyncGenerator<readonly TarPiece[], void, undefined>) {
    this.#batches = batches;
  }

  async next(): Promise<TarPiece | undefined> {
    if (!(await this.#filled())) return undefined;
    const piece = this.#batch[this.#at++]!;
    if (piece.kind === 'entry') this.#entry++;
    return piece;
  }

  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    const entry = this.#entry;
    while (this.#entry === entry && (await this.#filled())) {
      const piece = this.#batch[this.#at]!;
      if (piece.kind === 'entry' || this.#entry !== entry) return;
      this.#at++;
      yield piece.bytes;
    }
  }

  async close(): Promise<void> {
    await this.#batches.return();
  }

  async #filled(): Promise<boolean> {
    while (this.#at >= this.#batch.length) {
      const next = await this.#batches.next();
      if (next.done === true) return false;
      this.#batch = next.value;
      this.#at = 0;
    }
    return true;
  }
}
