import type { Stats } from 'node:fs';
import { hashLength, hashText } from './hash-path.ts';

/** The numbers that a file's metadata has here: size, mtime, ctime, inode and mode. */
export const metadataLength = 5;

/** The digest of some files of a folder. */
export interface ListingDigest {
  /** 1 for each name whose file counts. */
  readonly selected: Uint8Array;
  readonly digest: Uint8Array;
}

/**
 * What an index knows of the names that are directly in a folder. The names have the order of the system, which is the same while
 * nothing is added or removed. Numbers and hashes are arrays, because objects for 50,000 files take longer than their metadata.
 */
export class Listing {
  /** The names with `\0` between them. */
  readonly text: string;
  /** How many names there are. At least one. */
  readonly count: number;
  /** For each name `metadataLength` numbers. NaN: the hash is not known, or not for the next time. */
  readonly metadata: Float64Array;
  /** For each name `hashLength` bytes. */
  readonly hashes: Uint8Array;
  #names: readonly string[] | undefined;
  #digest: ListingDigest | undefined;

  constructor(
    text: string,
    count: number,
    metadata = new Float64Array(count * metadataLength).fill(Number.NaN),
    hashes: Uint8Array = new Uint8Array(count * hashLength),
    digest?: ListingDigest,
  ) {
    this.text = text;
    this.count = count;
    this.metadata = metadata;
    this.hashes = hashes;
    this.#digest = digest;
  }

  get names(): readonly string[] {
    return (this.#names ??= this.text.split('\0'));
  }

  /** The last digest, to be stored. */
  get lastDigest(): ListingDigest | undefined {
    return this.#digest;
  }

  copy(): Listing {
    return new Listing(this.text, this.count, this.metadata.slice(), this.hashes.slice());
  }

  /** Returns a listing of other names. What is known of those that stay is kept. */
  withNames(names: readonly string[], text: string): Listing {
    const made = new Listing(text, names.length);
    const indexes = new Map(this.names.map((name, i) => [name, i]));
    for (const [i, name] of names.entries()) {
      const old = indexes.get(name);
      if (old === undefined) continue;
      made.metadata.set(this.metadata.subarray(old * metadataLength, (old + 1) * metadataLength), i * metadataLength);
      made.hashes.set(this.hashOf(old), i * hashLength);
    }
    return made;
  }

  /** Reports whether a file has the metadata for which its hash is known. */
  isKnown(i: number, { size, mtimeMs, ctimeMs, ino, mode }: Stats): boolean {
    const { metadata } = this;
    const at = i * metadataLength;
    return (
      metadata[at] === size &&
      metadata[at + 1] === mtimeMs &&
      metadata[at + 2] === ctimeMs &&
      metadata[at + 3] === ino &&
      metadata[at + 4] === mode
    );
  }

  /** @param stat absent: the hash is not known the next time */
  set(i: number, hash: Uint8Array, stat: Stats | undefined): void {
    const { size, mtimeMs, ctimeMs, ino, mode } = stat ?? unknown;
    this.metadata.set([size, mtimeMs, ctimeMs, ino, mode], i * metadataLength);
    this.hashes.set(hash, i * hashLength);
    this.#digest = undefined;
  }

  hashOf(i: number): Uint8Array {
    return this.hashes.subarray(i * hashLength, (i + 1) * hashLength);
  }

  metadataOf(i: number): Float64Array {
    return this.metadata.subarray(i * metadataLength, (i + 1) * metadataLength);
  }

  /** Returns the digest of the selected names and hashes, in the order of their names. */
  digestOf(selected: Uint8Array): Uint8Array {
    const last = this.#digest;
    if (last && Buffer.compare(last.selected, selected) === 0) return last.digest;
    const sorted = [...this.names.keys()]
      .filter((i) => selected[i] === 1)
      .sort((a, b) => (this.names[a]! < this.names[b]! ? -1 : 1));
    const digest = hashText(...sorted.flatMap((i) => [`${this.names[i]}\0`, this.hashOf(i)]));
    this.#digest = { selected, digest };
    return digest;
  }
}

const unknown = { size: NaN, mtimeMs: NaN, ctimeMs: NaN, ino: NaN, mode: NaN };
