import { expect, it } from 'vitest';
import { placeOf, SourceText, spanWithin } from './source-text.ts';

it.each([
  ['a: 1\nbb: 2', 5, { line: 2, column: 1 }],
  ['a: 1\nbb: 2', 4, { line: 1, column: 5 }],
  ['a: 1\r\nbb: 2', 6, { line: 2, column: 1 }],
  ['', 0, { line: 1, column: 1 }],
])('finds line and column of an offset in %j', (text, offset, position) => {
  expect(new SourceText('f', text).position(offset)).toEqual(position);
});

it('keeps the lines around a place, without line ends', () => {
  const source = new SourceText('f', 'one\r\ntwo\r\nthree\r\nfour');
  expect(placeOf(source.span(5, 8))).toEqual({
    file: 'f',
    line: 2,
    column: 1,
    length: 3,
    frame: { from: 1, lines: ['one', 'two'] },
  });
  expect(placeOf(source.span(5, 8), { before: 0, after: 9 }).frame).toEqual({
    from: 2,
    lines: ['two', 'three', 'four'],
  });
});

it('keeps no empty line for the line end of the last one, but where that is what is meant', () => {
  const source = new SourceText('f', 'one\ntwo\n');
  expect(placeOf(source.span(4, 7), { before: 0, after: 3 }).frame).toEqual({ from: 2, lines: ['two'] });
  expect(placeOf(source.span(8, 8)).frame).toEqual({ from: 2, lines: ['two', ''] });
  expect(placeOf(new SourceText('f', '').span(0, 0)).frame).toEqual({ from: 1, lines: [''] });
});

it('underlines the first line of what goes over several', () => {
  const source = new SourceText('f', 'ab\ncdef\ngh');
  expect(placeOf(source.span(4, 10))).toMatchObject({ line: 2, column: 2, length: 3 });
});

it('underlines at least one character, also at the end of the text', () => {
  expect(placeOf(new SourceText('f', 'ab').span(2, 2))).toMatchObject({ line: 1, column: 3, length: 1 });
});

it('does not keep what is far to the right of a very long line', () => {
  const place = placeOf(new SourceText('f', 'x'.repeat(100_000)).span(90_000, 90_005));
  expect(place.column).toBe(90_001);
  expect(place.frame?.lines[0]).toHaveLength(1000);
});

it('finds a part inside a span, and the whole where it is not written so', () => {
  const source = new SourceText('f', 'x: "a ${b} c"');
  const whole = source.span(3, 13);
  expect(spanWithin(whole, '${b}')).toMatchObject({ start: 6, end: 10 });
  expect(spanWithin(whole, '${z}')).toBe(whole);
});
