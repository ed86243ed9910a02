import { Buffer } from 'node:buffer';
import { TimeSlice } from '../util/time-slice.ts';
import { base64Orders, Base64Reader } from './base64-reader.ts';
import { hiddenTexts } from './hidden-texts.ts';
import { noMask, type Mask } from './mask.ts';
import { SearchedStream } from './masked-stream.ts';
import { Search, SearchedTexts } from './search.ts';
import { SortedTexts } from './sorted-texts.ts';
import { StartFilter } from './start-filter.ts';
import { TextReader } from './text-reader.ts';

/**
 * Returns a mask that hides these values in all forms (`docs/secrets.md`, "What is hidden"). An empty value is not a
 * secret. Values of megabytes take a part of a second, and other work runs meanwhile. Cannot be cancelled: the output
 * of a cancelled run is masked too.
 */
export async function makeMask(values: Iterable<string>): Promise<Mask> {
  return await inTurns(building(values));
}

/** Like `makeMask`, but synchronous: for values of few bytes. */
export function makeSmallMask(values: Iterable<string>): Mask {
  return finished(building(values));
}

/** Runs all steps, with other work in between. Rejects with the signal's reason. */
async function inTurns<Result>(steps: Generator<void, Result>, signal?: AbortSignal): Promise<Result> {
  const turns = new TimeSlice();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    if (turns.over) await turns.next(signal);
  }
}

/** Runs all steps at once. */
function finished<Result>(steps: Generator<void, Result>): Result {
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

function* building(values: Iterable<string>): Generator<void, Mask> {
  const hidden = yield* hiddenTexts(values);
  if (hidden.length === 0) return noMask;
  const texts = yield* SortedTexts.of(hidden);
  const [whole, ...others] = yield* texts.orders([{ firstBit: 0, leastBits: 8 }, ...base64Orders]);
  if (whole === undefined) return noMask;
  const filter = yield* StartFilter.of(texts);
  return new SearchingMask(new SearchedTexts(filter, new TextReader(texts, whole), new Base64Reader(texts, others)));
}

/** The number of bytes to search before a check for a secret in them, or for waiting work. */
const sliceLength = 16 * 1024;

class SearchingMask implements Mask {
  readonly active = true;
  readonly #texts: SearchedTexts;

  constructor(texts: SearchedTexts) {
    this.#texts = texts;
  }

  text(text: string): string {
    if (!this.hides(text)) return text;
    return finished(this.#masking(text));
  }

  hides(text: string): boolean {
    return finished(this.#searching(text));
  }

  async textInTurns(text: string, signal: AbortSignal): Promise<string> {
    if (!(await this.hidesInTurns(text, signal))) return text;
    return await inTurns(this.#masking(text), signal);
  }

  async hidesInTurns(text: string, signal: AbortSignal): Promise<boolean> {
    return await inTurns(this.#searching(text), signal);
  }

  stream(): SearchedStream {
    return new SearchedStream(this.#texts);
  }

  *#masking(text: string): Generator<void, string> {
    const stream = this.stream();
    const parts: Uint8Array[] = [];
    for (const slice of slicesOf(text)) {
      parts.push(stream.push(slice).bytes);
      yield;
    }
    return Buffer.concat([...parts, stream.end()]).toString();
  }

  *#searching(text: string): Generator<void, boolean> {
    const search = new Search(this.#texts);
    let found = false;
    for (const slice of slicesOf(text)) {
      search.read(slice, () => (found = true));
      if (found) return true;
      yield;
    }
    return false;
  }
}

function* slicesOf(text: string): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += sliceLength) yield bytes.subarray(at, at + sliceLength);
}
