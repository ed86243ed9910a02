import { StringDecoder } from 'node:string_decoder';

/** Without a line end for this many characters, what is there is shown as a line: memory stays bounded. */
const longestLine = 16 * 1024;

/**
 * Makes lines out of chunks of one stream, however they were cut. Of a line that was written over with `\r` only the
 * last state remains; invalid UTF-8 becomes U+FFFD here, in what people see, and only here.
 */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.#held + this.#decoder.write(asBuffer(bytes))).split('\n');
    this.#held = foldHeld(lines.pop() ?? '');
    for (const [i, line] of lines.entries()) if (line.includes('\r')) lines[i] = foldReturns(line);
    if (this.#held.length > longestLine) {
      lines.push(foldReturns(this.#held));
      this.#held = '';
    }
    return lines;
  }

  /** The line that is being written. */
  get partial(): string {
    return foldReturns(this.#held);
  }

  /** What was not ended by a line end, if anything; the reader can be used again. */
  end(): string | undefined {
    const rest = this.#held + this.#decoder.end();
    this.#held = '';
    return rest === '' ? undefined : foldReturns(rest);
  }
}

/** What is left to see of a line after its carriage returns. */
function foldReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 13) end--;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

/**
 * The same for a line that goes on: a return at its end may be the first half of `\r\n`, or what the next state writes
 * over.
 */
function foldHeld(held: string): string {
  if (!held.includes('\r')) return held;
  return foldReturns(held) + (held.endsWith('\r') ? '\r' : '');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
