import { Buffer } from 'node:buffer';
import { maskText } from '../model/mask-text.ts';
import type { MaskedStream, Released } from './mask.ts';
import { Search, type SearchedTexts } from './search.ts';

/** A hidden part of the stream. Finds that overlap or adjoin are one. */
interface Find {
  start: number;
  readonly end: number;
}

const nothing = Buffer.alloc(0);
const stars = Buffer.from(maskText);

/**
 * Masks one stream. Positions count its bytes from 0.
 * `push` releases bytes up to the first one that may still become part of a find. A reader that starts again there
 * finds the same secrets. So a complete find is also held back while an overlapping one is open. Its bytes are not
 * kept, because they are not needed.
 * Held bytes are part of a form of a secret, and these forms are valid UTF-8. Where some bytes do not count as one
 * (`runtime/docker/workload/stored-length.ts`), these do, so a cursor can move back over them.
 */
export class SearchedStream implements MaskedStream {
  readonly #texts: SearchedTexts;
  #search: Search;
  /** The bytes before `#position` that may be released later. */
  #held: Buffer = nothing;
  #position = 0;
  /** The end of the released bytes. */
  #letGo = 0;
  /** The finds that are not released, in order. */
  #finds: Find[] = [];
  /** The end of the last released mask in the stream. A find that adjoins it needs no mask. */
  #maskedTo = -1;

  constructor(texts: SearchedTexts) {
    this.#texts = texts;
    this.#search = new Search(texts);
  }

  push(bytes: Uint8Array): Released {
    this.#search.read(bytes, (start, end) => this.#add(start, end));
    const { position, open } = this.#search;
    this.#position = position;
    if (open === position && this.#finds.length === 0 && this.#held.length === 0) {
      this.#letGo = position;
      return { bytes, held: 0 };
    }
    const released = this.#release(bytes, open);
    return { bytes: released, held: position - this.#letGo };
  }

  end(): Uint8Array {
    const rest = this.#release(nothing, this.#position);
    this.#search = new Search(this.#texts, this.#position);
    this.#maskedTo = -1;
    return rest;
  }

  #add(start: number, end: number): void {
    let merged = start;
    for (let last = this.#finds.at(-1); last !== undefined && last.end >= merged; last = this.#finds.at(-1)) {
      merged = Math.min(merged, last.start);
      this.#finds.pop();
    }
    this.#finds.push({ start: merged, end });
  }

  /** @param open the start of the bytes that may become a find */
  #release(bytes: Uint8Array, open: number): Uint8Array {
    const all =
      this.#held.length === 0
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        : Buffer.concat([this.#held, bytes]);
    const first = this.#position - all.length;
    const across = this.#finds.find(({ start, end }) => start < open && open < end);
    const until = across?.start ?? open;
    const parts: Uint8Array[] = [];
    let at = first;
    let done = 0;
    for (const { start, end } of this.#finds) {
      if (end > until) break;
      if (start > at) parts.push(all.subarray(at - first, start - first));
      if (start > this.#maskedTo) parts.push(stars);
      this.#maskedTo = at = end;
      done++;
    }
    if (until > at) parts.push(all.subarray(at - first, until - first));
    this.#finds.splice(0, done);
    this.#letGo = until;
    // Copy, so that few bytes do not keep a large chunk alive and no other user of the chunk can change them.
    this.#held = open < this.#position ? Buffer.from(all.subarray(open - first)) : nothing;
    return parts.length === 1 && parts[0] !== stars ? (parts[0] ?? nothing) : Buffer.concat(parts);
  }
}
