import type { StoredOutput } from '../../store/store.ts';
import type { Seq } from '../../events/event.ts';

export interface Tail {
  readonly chunks: readonly Uint8Array[];
  /** The number of the last event that was read. */
  readonly seq: Seq;
}

const newline = 10;
/** An estimate. If it is too low, more bytes are read. */
const bytesPerLine = 120;

/**
 * Returns the last lines of an output as bytes. Reads from the end, and doubles the size until there are enough lines.
 * @param read returns the last bytes of the output, in order
 */
export async function tailOf(read: (tailBytes: number) => AsyncIterable<StoredOutput>, lines: number): Promise<Tail> {
  for (let tailBytes = Math.max(4096, lines * bytesPerLine); ; tailBytes *= 4) {
    const chunks: Uint8Array[] = [];
    let seq: Seq = 0;
    let size = 0;
    for await (const event of read(tailBytes)) {
      chunks.push(event.bytes);
      size += event.bytes.length;
      seq = event.seq;
    }
    const start = startOfLast(chunks, lines);
    if (start !== undefined) return { chunks: cut(chunks, start), seq };
    // If it returns less than requested, that is all.
    if (size < tailBytes) return { chunks, seq };
  }
}

interface Position {
  readonly chunk: number;
  readonly offset: number;
}

/** Returns where the last lines start. A newline at the very end does not start another line. */
function startOfLast(chunks: readonly Uint8Array[], lines: number): Position | undefined {
  if (lines === 0) return { chunk: chunks.length, offset: 0 };
  let seen = 0;
  let atEnd = true;
  for (let chunk = chunks.length - 1; chunk >= 0; chunk--) {
    const bytes = chunks[chunk] as Uint8Array;
    for (let at = bytes.lastIndexOf(newline); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(newline, at - 1)) {
      const ends = atEnd && at === bytes.length - 1;
      if (!ends && ++seen === lines) return { chunk, offset: at + 1 };
      atEnd = false;
    }
    if (bytes.length > 0) atEnd = false;
  }
  return undefined;
}

function cut(chunks: readonly Uint8Array[], { chunk, offset }: Position): Uint8Array[] {
  const first = chunks[chunk];
  return first === undefined ? [] : [first.subarray(offset), ...chunks.slice(chunk + 1)];
}
