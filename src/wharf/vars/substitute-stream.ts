import { pieces } from './placeholder.ts';
import type { Values } from './substitute.ts';

/** An unclosed `${` longer than this many bytes is text. This bounds the buffer. */
export const longestPlaceholder = 64 * 2 ** 10;
/** The largest chunk that is processed at once. */
const portion = 64 * 2 ** 10;
const mostRemembered = 10_000;

/**
 * Substitutes the variables in a stream of bytes, as `substitute` does in a text. Lines may have any length. Everything
 * except placeholders stays unchanged: line ends, NUL, invalid UTF-8. Memory is bounded.
 * @param undefinedName called once for each undefined name (again, if there are very many); the name stays as it is
 */
export async function* substituteStream(
  source: AsyncIterable<Uint8Array>,
  values: Values,
  undefinedName: (name: string) => void,
): AsyncGenerator<Uint8Array> {
  const filling = new Filling(values, undefinedName);
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += portion) {
      const filled = filling.next(chunk.subarray(from, from + portion));
      if (filled.length > 0) yield filled;
    }
  }
  const rest = filling.end();
  if (rest.length > 0) yield rest;
}

/**
 * Processes the bytes as a Latin-1 string of one character each, because string operations are the fastest ones in
 * JavaScript.
 */
class Filling {
  /** The unprocessed end, which may be the start of a placeholder. */
  #open = '';
  readonly #remembered = new Map<string, string>();
  readonly #values: Values;
  readonly #undefinedName: (name: string) => void;

  constructor(values: Values, undefinedName: (name: string) => void) {
    this.#values = values;
    this.#undefinedName = undefinedName;
  }

  next(bytes: Uint8Array): Uint8Array {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#open === '' && !chunk.includes('$')) return chunk;
    const latin = chunk.toString('latin1');
    const text = this.#open + latin;
    const staysOpen = this.#open.startsWith('${') && text.length < longestPlaceholder && !latin.includes('}');
    if (!staysOpen) return this.#fill(text);
    this.#open = text;
    return empty;
  }

  end(): Uint8Array {
    return Buffer.from(this.#open, 'latin1');
  }

  #fill(text: string): Uint8Array {
    let filled = '';
    let from = 0;
    let start = text.indexOf('${');
    while (start >= 0) {
      const end = text.indexOf('}', start + 2);
      const beyond = (end < 0 ? text.length : end) + 1;
      if (beyond - start > longestPlaceholder) {
        // Too long for this `${` and for every other one that is not near enough to its end.
        start = text.indexOf('${', Math.max(start + 2, beyond - longestPlaceholder));
        continue;
      }
      if (end < 0) break;
      filled += text.slice(from, start) + this.#valueOf(text.slice(start, beyond));
      from = beyond;
      start = text.indexOf('${', from);
    }
    const keep = start >= 0 ? start : text.endsWith('$') ? text.length - 1 : text.length;
    filled += text.slice(Math.max(from, 0), keep);
    this.#open = text.slice(keep);
    return Buffer.from(filled, 'latin1');
  }

  #valueOf(raw: string): string {
    const known = this.#remembered.get(raw);
    if (known !== undefined) return known;
    const value = this.#find(raw);
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(raw, value);
    return value;
  }

  #find(raw: string): string {
    const text = utf8(raw);
    const [piece] = text === undefined ? [] : pieces(text);
    if (piece === undefined) return raw;
    if ('literal' in piece) return latin1(piece.literal);
    const value = this.#values.get(piece.name);
    if (value === undefined) this.#undefinedName(piece.name);
    return value === undefined ? raw : latin1(value);
  }
}

const empty = new Uint8Array();

/** Returns `undefined` if the bytes are not valid UTF-8, and so no name. */
function utf8(latin: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin, 'latin1'));
  } catch {
    return undefined;
  }
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
