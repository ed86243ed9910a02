import { StringDecoder } from 'node:string_decoder';

/** A longer line is split, so that memory stays bounded. */
const longestLine = 16 * 1024;

/**
 * Splits a stream of chunks into lines. If `\r` overwrote a line, only its last state remains. Invalid UTF-8 becomes
 * U+FFFD, only in this view.
 */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  /** Returns the lines that these bytes complete. */
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

  /** Returns the unfinished line. */
  get partial(): string {
    return foldReturns(this.#held);
  }

  /** Returns the unfinished last line, if any, and resets the reader. */
  end(): string | undefined {
    const rest = this.#held + this.#decoder.end();
    this.#held = '';
    return rest === '' ? undefined : foldReturns(rest);
  }
}

/** Returns what remains visible of a line after its carriage returns. */
function foldReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 13) end--;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

/**
 * Like `foldReturns`, for an unfinished line. A `\r` at its end may be half of `\r
 * `, or the start of the next state.
 */
function foldHeld(held: string): string {
  if (!held.includes('\r')) return held;
  return foldReturns(held) + (held.endsWith('\r') ? '\r' : '');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
