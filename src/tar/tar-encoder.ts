import { blockSize, encodeHeader, paddingAfter, type TarHeader } from './tar-header.ts';

/** A chunk size that is worth an `await` and a system call. */
const chunkBytes = 256 * 1024;
/** Bodies of at least this size are passed through instead of copied into a chunk. */
const throughBytes = 32 * 1024;
const zeros = Buffer.alloc(2 * blockSize);

/** Encodes headers and bodies to the bytes of a tar, in large chunks. Synchronous: call `take` now and then. */
export class TarEncoder {
  #ready: Uint8Array[] = [];
  #chunk = Buffer.allocUnsafe(chunkBytes);
  #fill = 0;
  #remaining = 0;
  #padding = 0;

  entry(header: TarHeader): void {
    this.#expectBodyDone();
    this.#add(encodeHeader(header));
    this.#remaining = header.size;
    this.#padding = paddingAfter(header.size);
  }

  /** Adds a part of the last entry's body. A large part is not copied, so do not change it afterwards. */
  data(bytes: Uint8Array): void {
    if (bytes.length > this.#remaining)
      throw new Error(`a tar body is ${bytes.length - this.#remaining} bytes longer than its header says`);
    this.#remaining -= bytes.length;
    if (bytes.length >= throughBytes) this.#through(bytes);
    else this.#add(bytes);
    if (this.#remaining === 0) this.#pad();
  }

  finish(): void {
    this.#expectBodyDone();
    this.#add(zeros);
    this.#flush();
  }

  /** Returns the full chunks. */
  take(): readonly Uint8Array[] {
    if (this.#ready.length === 0) return this.#ready;
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #expectBodyDone(): void {
    if (this.#remaining > 0) throw new Error(`a tar body is ${this.#remaining} bytes shorter than its header says`);
  }

  #pad(): void {
    if (this.#padding > 0) this.#add(zeros.subarray(0, this.#padding));
    this.#padding = 0;
  }

  #add(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const count = Math.min(bytes.length - at, this.#chunk.length - this.#fill);
      this.#chunk.set(at === 0 && count === bytes.length ? bytes : bytes.subarray(at, at + count), this.#fill);
      this.#fill += count;
      at += count;
      if (this.#fill === this.#chunk.length) this.#flush();
    }
  }

  #through(bytes: Uint8Array): void {
    this.#flush();
    this.#ready.push(bytes);
  }

  /** The next chunk uses the rest of this chunk's memory, so a few bytes before a large body do not waste a chunk. */
  #flush(): void {
    if (this.#fill === 0) return;
    this.#ready.push(this.#chunk.subarray(0, this.#fill));
    this.#chunk =
      this.#chunk.length - this.#fill >= throughBytes
        ? this.#chunk.subarray(this.#fill)
        : Buffer.allocUnsafe(chunkBytes);
    this.#fill = 0;
  }
}
