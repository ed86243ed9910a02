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
 * Hides these values in all forms (`docs/secrets.md`, "What is hidden"). An empty value is no secret. Values of
 * megabytes take a part of a second, in which other work runs. Cannot be cancelled: what a cancelled run says is
 * masked, too.
 */
export async function makeMask(values: Iterable<string>): Promise<Mask> {
  const turns = new TimeSlice();
  const steps = building(values);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    if (turns.over) await turns.next();
  }
}

/** As `makeMask`, all at once: for values of which there are few bytes. */
export function makeSmallMask(values: Iterable<string>): Mask {
  const steps = building(values);
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

/** How many bytes are searched before it is seen whether there is a secret in them. */
const sliceLength = 16 * 1024;

class SearchingMask implements Mask {
  readonly active = true;

  constructor(private readonly texts: SearchedTexts) {}

  text(text: string): string {
    if (!this.hides(text)) return text;
    const stream = this.stream();
    const begun = stream.push(Buffer.from(text)).bytes;
    return Buffer.concat([begun, stream.end()]).toString();
  }

  hides(text: string): boolean {
    const search = new Search(this.texts);
    const bytes = Buffer.from(text);
    let found = false;
    for (let at = 0; at < bytes.length && !found; at += sliceLength) {
      search.read(bytes.subarray(at, at + sliceLength), () => (found = true));
    }
    return found;
  }

  stream(): SearchedStream {
    return new SearchedStream(this.texts);
  }
}
