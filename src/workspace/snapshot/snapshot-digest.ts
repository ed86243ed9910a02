import { createHash } from 'node:crypto';
import type { Digest } from '../../model/ids.ts';
import type { TarHeader } from '../../tar/tar-header.ts';

/**
 * Hashes (type, `rwx` bits, path, link or content) of every entry with sha256. Each has its length, so that different
 * trees have different bytes. Times and owners are not hashed. Entries are sorted.
 */
export class TreeDigest {
  readonly #hash = createHash('sha256');

  entry({ type, mode, name, linkName, size }: TarHeader): void {
    this.#hash.update(
      `${type} ${(mode & 0o777).toString(8)} ${name.length} ${type === 'symlink' ? (linkName?.length ?? 0) : size}\n`,
    );
    this.#hash.update(name);
    if (type === 'symlink' && linkName !== undefined) this.#hash.update(linkName);
  }

  data(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  done(): Digest {
    return `sha256:${this.#hash.digest('hex')}` as Digest;
  }
}
