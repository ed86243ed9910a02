import { codes, hexValues } from './character-codes.ts';

/** One meaning of an escape that is read as an escape, and not as its literal bytes. */
export interface Meaning {
  /** The length of the escape in bytes. */
  readonly length: number;
  /** The UTF-8 bytes that it stands for. */
  readonly bytes: readonly number[];
  /** Base64 may continue on a new line after it. */
  readonly endsLine: boolean;
}

/** The meaning of a letter after a backslash (RFC 8259, 7). */
export const letterEscapes: ReadonlyMap<number, number> = new Map(
  [...'"\\/bfnrt'].map((letter) => [letter.charCodeAt(0), (JSON.parse(`"\\${letter}"`) as string).charCodeAt(0)]),
);

/** By byte: 1 if an escape may begin with it. */
export const beginsEscape = Uint8Array.from({ length: 256 }, (_, byte) => {
  return Number(byte === codes.percent || byte === codes.backslash || byte === codes.carriageReturn);
});

const noMeanings: readonly Meaning[] = [];
const rawLineEnd = [meaningOf(2, codes.lineFeed, true)];

/**
 * Returns the meanings of the escape at a position where `beginsEscape` is 1. Returns none if these bytes are only
 * literal. Returns `undefined` if that depends on missing bytes.
 */
export function readEscape(bytes: Uint8Array, at: number): readonly Meaning[] | undefined {
  const next = bytes[at + 1];
  if (next === undefined) return undefined;
  switch (bytes[at]) {
    case codes.carriageReturn:
      return next === codes.lineFeed ? rawLineEnd : noMeanings;
    case codes.percent:
      return readPercent(bytes, at);
    default:
      return next === codes.u ? readUnit(bytes, at) : readLetter(bytes, at, next);
  }
}

function meaningOf(length: number, byte: number, endsLine = false): Meaning {
  return { length, bytes: [byte], endsLine };
}

/** By letter after a backslash. */
const meaningsByLetter = Array.from({ length: 256 }, (_, letter): readonly Meaning[] => {
  const byte = letterEscapes.get(letter);
  return byte === undefined ? noMeanings : [meaningOf(2, byte, byte === codes.lineFeed)];
});
/** `\r\n` is a carriage return and more, or a line end. */
const letterLineEnd = [...(meaningsByLetter[codes.r] as readonly Meaning[]), meaningOf(4, codes.lineFeed, true)];

function readLetter(bytes: Uint8Array, at: number, letter: number): readonly Meaning[] | undefined {
  if (letter === codes.r) {
    if (at + 4 > bytes.length) return undefined;
    if (bytes[at + 2] === codes.backslash && bytes[at + 3] === codes.n) return letterLineEnd;
  }
  return meaningsByLetter[letter];
}

/** By value: the meaning of `%XX`. */
const meaningsByValue = Array.from({ length: 256 }, (_, byte): readonly Meaning[] => [meaningOf(3, byte)]);
/** `%0D%0A` is a carriage return and more, or a line feed. Base64 has no line end in this form. */
const percentLineEnd = [meaningOf(3, codes.carriageReturn), meaningOf(6, codes.lineFeed)];

function readPercent(bytes: Uint8Array, at: number): readonly Meaning[] | undefined {
  const value = readDigits(bytes, at + 1, 2);
  if (value === undefined) return undefined;
  if (value < 0) return noMeanings;
  if (value === codes.carriageReturn) {
    if (at + 6 > bytes.length) return undefined;
    if (bytes[at + 3] === codes.percent && readDigits(bytes, at + 4, 2) === codes.lineFeed) return percentLineEnd;
  }
  return meaningsByValue[value];
}

/** By value: the meaning of `\u00XX`. */
const meaningsByUnit = Array.from({ length: 0x80 }, (_, byte): readonly Meaning[] => [meaningOf(6, byte)]);

function readUnit(bytes: Uint8Array, at: number): readonly Meaning[] | undefined {
  const unit = readDigits(bytes, at + 2, 4);
  if (unit === undefined) return undefined;
  if (unit < 0) return noMeanings;
  if (unit < 0x80) return meaningsByUnit[unit];
  if (unit < 0xd800 || unit >= 0xe000) return [characterOf(6, unit)];
  if (unit >= 0xdc00) return noMeanings;
  if (at + 12 > bytes.length) return undefined;
  const second = bytes[at + 6] === codes.backslash && bytes[at + 7] === codes.u ? readDigits(bytes, at + 8, 4) : -1;
  if (second === undefined || second < 0xdc00 || second >= 0xe000) return noMeanings;
  return [characterOf(12, 0x10000 + (unit - 0xd800) * 0x400 + (second - 0xdc00))];
}

/** Returns a character of several bytes, as UTF-8 (RFC 3629, 3). */
function characterOf(length: number, point: number): Meaning {
  const last = (shift: number) => 0x80 | ((point >> shift) & 0x3f);
  if (point < 0x800) return { length, bytes: [0xc0 | (point >> 6), last(0)], endsLine: false };
  if (point < 0x10000) return { length, bytes: [0xe0 | (point >> 12), last(6), last(0)], endsLine: false };
  return { length, bytes: [0xf0 | (point >> 18), last(12), last(6), last(0)], endsLine: false };
}

/**
 * Returns the value of hexadecimal digits. Returns -1 if there are other characters, and `undefined` if some are
 * missing.
 */
function readDigits(bytes: Uint8Array, from: number, count: number): number | undefined {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    const digit = hexValues[byte] as number;
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}
