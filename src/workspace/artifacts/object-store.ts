/** Stores contents by sha256 in `<folder>/objects/ab/cdef…`. An object is complete or absent. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../model/ids.ts';
import { makeFolder } from '../../util/make-folder.ts';

/** Contents up to this size are buffered, hashed and written in one go, unless they already exist. */
const gatheredBytes = 128 * 1024;

export class ObjectStore {
  #prepared: Promise<void> | undefined;
  readonly #prefixes = new Set<string>();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(digest: Digest): string {
    const hex = digest.slice('sha256:'.length);
    return path.join(this.#folder, 'objects', hex.slice(0, 2), hex.slice(2));
  }

  async read(digest: Digest): Promise<Buffer> {
    return await fs.promises.readFile(this.pathOf(digest));
  }

  /** Throws system errors and the signal's reason. */
  async put(body: AsyncIterable<Uint8Array>, size: number, signal: AbortSignal): Promise<Digest> {
    await (this.#prepared ??= this.#prepare());
    if (size > gatheredBytes) return await this.#stream(body, signal);
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    return this.#putBytes(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  }

  async putWhole(bytes: Uint8Array): Promise<Digest> {
    await (this.#prepared ??= this.#prepare());
    return this.#putBytes(bytes);
  }

  #putBytes(bytes: Uint8Array): Digest {
    const digest = toDigest(createHash('sha256').update(bytes).digest('hex'));
    const final = this.#place(digest);
    if (fs.existsSync(final)) return digest;
    const temporary = this.#temporary();
    try {
      fs.writeFileSync(temporary, bytes, { mode: 0o600 });
      fs.renameSync(temporary, final);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw error;
    }
    return digest;
  }

  async #stream(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Digest> {
    const temporary = this.#temporary();
    const hash = createHash('sha256');
    const hashed = async function* () {
      for await (const part of body) {
        hash.update(part);
        yield part;
      }
    };
    try {
      await fs.promises.writeFile(temporary, hashed(), { mode: 0o600, signal });
      const digest = toDigest(hash.digest('hex'));
      await fs.promises.rename(temporary, this.#place(digest));
      return digest;
    } catch (error) {
      await fs.promises.rm(temporary, { force: true });
      signal.throwIfAborted();
      throw error;
    }
  }

  #place(digest: Digest): string {
    const final = this.pathOf(digest);
    const prefix = path.dirname(final);
    if (!this.#prefixes.has(prefix)) makeFolder(prefix);
    this.#prefixes.add(prefix);
    return final;
  }

  #temporary(): string {
    return path.join(this.#folder, 'unfinished', randomUUID());
  }

  /** A run has one owner, so unfinished files at its first write belong to a dead one. */
  async #prepare(): Promise<void> {
    const unfinished = path.join(this.#folder, 'unfinished');
    await fs.promises.rm(unfinished, { recursive: true, force: true });
    makeFolder(unfinished, 0o700);
  }
}

function toDigest(hex: string): Digest {
  return `sha256:${hex}` as Digest;
}
