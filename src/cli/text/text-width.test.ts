import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, padText, textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

describe('width', () => {
  it.each([
    ['abc', 3],
    ['äöü', 3],
    ['日本語', 6],
    ['e\u0301', 1],
    ['🎉', 2],
    ['\x1b[31mred\x1b[0m', 3],
    ['한국어', 6],
    ['a\u200bb', 2],
    ['✓ ok', 4],
  ])('%s', (text, width) => expect(textWidth(text)).toBe(width));

  it('pads by cells', () => expect(padText('日本', 6)).toBe('日本  '));
});

describe('cutting', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['a longer line', 8, 'a longe…'],
    ['日本語日本語', 6, '日本…'],
    ['\x1b[31mred line\x1b[0m', 5, '\x1b[31mred \x1b[0m…'],
    ['abc', 0, ''],
    ['abc', 1, '…'],
  ])('%s to %d', (text, cells, cut) => expect(cutText(text, cells, '…')).toBe(cut));

  it('never gets wider than it may', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.nat(40),
        (text, cells) => textWidth(cutText(text, cells, '…')) <= cells,
      ),
    );
  });
});

describe('wrapping', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['fits', undefined, ['fits']],
    ['  one two', 6, ['  one', '  two']],
    ['          ab', 4, ['  ab']],
    ['日本語', 1, ['日', '本', '語']],
    ['\x1b[31mone two\x1b[0m', 4, ['one', 'two']],
  ])('%s to %s', (text, cells, lines) => expect(wrapText(text, cells)).toEqual(lines));

  it('loses nothing but blanks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '日') }),
        fc.integer({ min: 2, max: 20 }),
        (text, cells) => {
          expect(wrapText(text, cells).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});
