import { describe, expect, it } from 'vitest';
import type { Place } from '../model/place.ts';
import { codeFrame } from './code-frame.ts';
import { displayWidth } from './display-width.ts';

const style = { width: 60, unicode: true, indent: 1 };

function place(column: number, length: number, ...lines: string[]): Place {
  return { file: 'f', line: lines.length, column, length, frame: { from: 1, lines } };
}

describe('a code frame', () => {
  it('numbers the lines and underlines what is meant', () => {
    expect(codeFrame(place(7, 5, '    container:', '      imgae: node:22'), style)).toEqual([
      ' 1 │     container:',
      ' 2 │       imgae: node:22',
      '   │       ~~~~~',
    ]);
  });

  it('aligns numbers of different length', () => {
    const frame = codeFrame(
      { file: 'f', line: 10, column: 1, length: 1, frame: { from: 9, lines: ['a', 'b'] } },
      style,
    );
    expect(frame).toEqual(['  9 │ a', ' 10 │ b', '    │ ~']);
  });

  it('keeps to ASCII where it has to', () => {
    expect(codeFrame(place(1, 1, 'a'), { ...style, unicode: false })).toEqual([' 1 | a', '   | ~']);
  });

  it('underlines under tabs, wide and combining characters', () => {
    expect(codeFrame(place(2, 1, '\ta'), style)).toEqual([' 1 │   a', '   │   ~']);
    expect(codeFrame(place(5, 2, '图像: 名字'), style)).toEqual([' 1 │ 图像: 名字', '   │       ~~~~']);
    expect(codeFrame(place(4, 1, 'e\u0301 x'), style)).toEqual([' 1 │ e\u0301 x', '   │   ~']);
  });

  it('shows control characters instead of sending them', () => {
    expect(codeFrame(place(1, 1, '\u001b[31mred'), style).join('\n')).not.toContain('\u001b');
  });

  it.each([0, 10, 52, 53, 54, 55, 80, 120, 399])(
    'keeps what is meant in sight and within the window, from column %i of 400',
    (before) => {
      const line = `${'.'.repeat(before)}MEANT${'.'.repeat(400 - before)}`;
      const [shown = '', marks = ''] = codeFrame(place(before + 1, 5, line), style);
      expect(displayWidth(shown)).toBeLessThanOrEqual(60);
      expect(displayWidth(marks)).toBeLessThanOrEqual(60);
      const at = marks.indexOf('~');
      expect(shown.slice(at, at + 5)).toBe('MEANT');
      expect(marks.slice(at)).toBe('~~~~~');
    },
  );

  it('keeps wide characters within the window too', () => {
    const [shown = '', marks = ''] = codeFrame(place(101, 5, `${'图'.repeat(100)}MEANT${'像'.repeat(100)}`), style);
    expect(displayWidth(shown)).toBeLessThanOrEqual(60);
    const at = displayWidth(marks.slice(0, marks.indexOf('~')));
    expect(displayWidth(shown.slice(0, shown.indexOf('MEANT')))).toBe(at);
  });

  it('underlines nothing where the line was cut before it', () => {
    expect(codeFrame(place(90_001, 5, 'x'.repeat(1000)), style)).toHaveLength(1);
  });

  it('is nothing for a place without lines', () => {
    expect(codeFrame({ file: 'f', line: 1, column: 1 }, style)).toEqual([]);
  });
});
