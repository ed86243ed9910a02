import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { exactCounter, JsonFileCounter } from './stored-length.ts';

/**
 * A simple model of the driver: lines are cut into pieces, each piece is decoded alone, each invalid byte becomes
 * U+FFFD.
 */
function asStored(bytes: Buffer): Buffer {
  const stored: Buffer[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0x0a || at - start + 1 === 16_384 || at === bytes.length - 1) {
      stored.push(replaced(bytes.subarray(start, at + 1)));
      start = at + 1;
    }
  }
  return Buffer.concat(stored);
}

function replaced(piece: Buffer): Buffer {
  const out: Buffer[] = [];
  for (let at = 0; at < piece.length;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= piece.length && isOneCharacter(piece.subarray(at, at + n)));
    out.push(length === undefined ? Buffer.from('\ufffd') : piece.subarray(at, at + length));
    at += length ?? 1;
  }
  return Buffer.concat(out);
}

function isOneCharacter(bytes: Buffer): boolean {
  return isUtf8(bytes) && [...bytes.toString()].length === 1;
}

function count(chunks: readonly Buffer[]): { bytes: Buffer; stored: number } {
  const counter = new JsonFileCounter();
  const all = [...chunks.map((chunk) => counter.push(chunk)), counter.end()];
  return {
    bytes: Buffer.concat(all.map(({ bytes }) => bytes)),
    stored: all.reduce((sum, { stored }) => sum + stored, 0),
  };
}

const euro = '\u20ac';

describe('the length that json-file stores', () => {
  test.each<readonly [string, Buffer, number]>([
    ['plain text', Buffer.from('hello\n'), 6],
    ['valid UTF-8', Buffer.from('gr\u00fcn \u{1f497}\n'), 11],
    ['an invalid byte', Buffer.from([0x61, 0xff, 0x0a]), 5],
    ['a character cut by a newline', Buffer.from([0xe2, 0x82, 0x0a]), 7],
    ['a character cut by the end', Buffer.from([0xe2, 0x82]), 6],
    ['an overlong form', Buffer.from([0xc0, 0x80]), 6],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), 9],
    ['above U+10FFFF', Buffer.from([0xf4, 0x90, 0x80, 0x80]), 12],
    ['U+FFFD itself', Buffer.from('\ufffd'), 3],
    ['a long line', Buffer.from('x'.repeat(40_000)), 40_000],
    ['a character just before the cut', Buffer.from(`${'x'.repeat(16_381)}${euro}y`), 16_385],
    ['a character across the cut', Buffer.from(`${'x'.repeat(16_382)}${euro}y`), 16_382 + 9 + 1],
    ['the cut of the second piece', Buffer.from(`${'x'.repeat(2 * 16_384 - 1)}${euro}`), 2 * 16_384 - 1 + 9],
    [
      'a line that ends at the cut',
      Buffer.from(`${'x'.repeat(16_384)}\n${'y'.repeat(16_383)}${euro}\n`),
      16_385 + 16_383 + 9 + 1,
    ],
  ])('%s', (_, bytes, expected) => {
    expect(count([bytes])).toEqual({ bytes, stored: expected });
    expect(asStored(bytes).length).toBe(expected);
    expect(count([...bytes].map((byte) => Buffer.of(byte)))).toEqual({ bytes, stored: expected });
  });

  test('is the same for any bytes, however they are cut into chunks', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom('\n', euro, '\u{1f497}', 'x'.repeat(16_380), 'x'.repeat(16_383), euro.repeat(5_461))
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(40_000), { maxLength: 6 }), (parts, cuts) => {
        const bytes = Buffer.concat(parts);
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
        const counted = count(chunks);
        expect(counted.bytes.equals(bytes)).toBe(true);
        expect(counted.stored).toBe(asStored(bytes).length);
      }),
      { numRuns: 100 },
    );
  });

  test('after each chunk the cursor is the length of a stored prefix', () => {
    const counter = new JsonFileCounter();
    expect(counter.push(Buffer.from([0x61, 0xe2, 0x82]))).toEqual({ bytes: Buffer.from('a'), stored: 1 });
    expect(counter.push(Buffer.from([0xac]))).toEqual({ bytes: Buffer.from(euro), stored: 3 });
    expect(counter.end().stored).toBe(0);
  });
});

test('other drivers store all bytes', () => {
  expect(exactCounter.push(Buffer.from([0xff])).stored).toBe(1);
});
