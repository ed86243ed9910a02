import { codes, hexValues } from './character-codes.ts';

/** A way to write a byte of a text with several bytes. */
export interface Escape {
  /** In bytes. */
  readonly length: number;
  /**
   * What it means; undefined where it means more than one byte, where that depends on what follows, and where bytes
   * are missing.
   */
  readonly byte: number | undefined;
  /** Whether it can be a line end inside of base64. */
  readonly mayEndLine: boolean;
}

const unclear: Escape = { length: 1, byte: undefined, mayEndLine: true };

/** What a letter after a backslash stands for (RFC 8259, 7). */
export const letterEscapes: ReadonlyMap<number, number> = new Map(
  [...'"\\/bfnrt'].map((letter) => [letter.charCodeAt(0), (JSON.parse(`"\\${letter}"`) as string).charCodeAt(0)]),
);

/** By byte: whether an escape may begin with it. */
export const beginsEscape = Uint8Array.from({ length: 256 }, (_, byte) => {
  return Number(byte === codes.percent || byte === codes.backslash || byte === codes.carriageReturn);
});

/**
 * The escape that begins at a position, of which `beginsEscape` is true; undefined if these bytes are only what they
 * are.
 */
export function readEscape(bytes: Uint8Array, at: number): Escape | undefined {
  const next = bytes[at + 1];
  if (next === undefined) return unclear;
  switch (bytes[at]) {
    case codes.carriageReturn:
      return next === codes.lineFeed ? { length: 2, byte: codes.lineFeed, mayEndLine: true } : undefined;
    case codes.percent:
      return escapeOfDigits(bytes, at + 1, 2);
    default:
      return next === codes.u ? escapeOfDigits(bytes, at + 2, 4) : escapesByLetter[next];
  }
}

/** By letter after a backslash. `\r` is a carriage return, or the first half of a line end. */
const escapesByLetter = Array.from({ length: 256 }, (_, letter): Escape | undefined => {
  const byte = letterEscapes.get(letter);
  if (byte === codes.carriageReturn) return unclear;
  return byte === undefined ? undefined : { length: 2, byte, mayEndLine: byte === codes.lineFeed };
});

/** By value, of `%XX`. `%0D` may be the first half of a line end. */
const escapesByValue = Array.from({ length: 256 }, (_, byte) => escapeOf(byte, 3));

function escapeOf(byte: number, length: number): Escape {
  return { length, byte: byte === codes.carriageReturn ? undefined : byte, mayEndLine: false };
}

function escapeOfDigits(bytes: Uint8Array, from: number, count: number): Escape | undefined {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const byte = bytes[i];
    if (byte === undefined) return unclear;
    const digit = hexValues[byte] as number;
    if (digit < 0) return undefined;
    value = (value << 4) | digit;
  }
  if (count === 2) return escapesByValue[value];
  return value < 0x80 ? escapeOf(value, 6) : unclear;
}
