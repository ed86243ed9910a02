import { spelled, spelledHex, tokenOf, type Spelling, type Token } from './token.ts';

/** How a line end may be written inside of base64; also by tools that escape what they print. */
const lineEnds: readonly Spelling[] = ['\n', '\r\n', '\\n', '\\r\\n'].map(spelled);

/**
 * A form may go on in the next line only after this many characters: a line whose last character could be the first of a secret, as
 * every tenth is, must not wait for the next one to be shown. What was in fewer characters before the line end comes out.
 */
const charactersBeforeLineEnd = 4;

/** A base64 form of which the first characters may stand at the end of the line before. */
export interface Base64Pattern {
  readonly tokens: readonly Token[];
  /** Tokens that a line may begin with. */
  readonly lineStarts: readonly number[];
}

/**
 * The bytes inside of something longer that is base64, with what stands before them at each of the three alignments. Both
 * alphabets, with or without padding. A character that is made of bits of the bytes and of bits of what stands beside them is any of
 * those that it can be, so that not a bit comes out.
 */
export class Base64Forms {
  readonly #known = new Map<number, Token>();

  patterns(bytes: Uint8Array): readonly Base64Pattern[] {
    // 8 bits are found in every 85th pair of characters: that would make any output unreadable.
    if (bytes.length < 2) return [];
    return [0, 1, 2].map((before) => this.#patternAt(bytes, before));
  }

  #patternAt(bytes: Uint8Array, before: number): Base64Pattern {
    const firstBit = before * 8;
    const first = Math.floor(firstBit / 6);
    const count = Math.ceil((firstBit + bytes.length * 8) / 6) - first;
    const tokens = Array.from({ length: count }, (_, i) => {
      const { mask, bits } = knownBits(bytes, firstBit, (first + i) * 6);
      return this.#token(mask, bits, i >= charactersBeforeLineEnd);
    });
    const lineStarts = [1, 2, 3].filter((start) => count - start >= charactersBeforeLineEnd);
    return { tokens, lineStarts };
  }

  #token(mask: number, bits: number, gaps: boolean): Token {
    const key = (mask << 7) | (bits << 1) | (gaps ? 1 : 0);
    let token = this.#known.get(key);
    if (token === undefined) this.#known.set(key, (token = tokenOf(spellings(mask, bits), gaps ? lineEnds : [])));
    return token;
  }
}

/** Of the six bits from this one on, which are known, and as what. */
function knownBits(bytes: Uint8Array, firstBit: number, from: number): { mask: number; bits: number } {
  let mask = 0;
  let bits = 0;
  for (let i = 0; i < 6; i++) {
    const at = from + i - firstBit;
    const byte = at < 0 ? undefined : bytes[at >> 3];
    if (byte === undefined) continue;
    const place = 1 << (5 - i);
    mask |= place;
    if ((byte >> (7 - (at & 7))) & 1) bits |= place;
  }
  return { mask, bits };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Every character whose known bits are these. */
function spellings(mask: number, bits: number): Spelling[] {
  const values = Array.from({ length: 64 }, (_, value) => value).filter((value) => (value & mask) === bits);
  const plain = values.map((value) => alphabet.charCodeAt(value)).filter((code) => !Number.isNaN(code));
  const found: Spelling[] = plain.length === 0 ? [] : [[plain]];
  // The two that differ between the alphabets are also those that URLs and JSON escape.
  if (values.includes(62)) found.push(spelled('+'), spelled('-'), spelledHex('%2b'), [...spelled('\\u'), ...spelledHex('002b')]);
  if (values.includes(63)) found.push(spelled('/'), spelled('_'), spelledHex('%2f'), spelled('\\/'), [...spelled('\\u'), ...spelledHex('002f')]);
  return found;
}
