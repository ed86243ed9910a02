import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColourState } from './colour-state.ts';
import { expandTabs, withoutControls } from './control-sequences.ts';
import { LineReader } from './line-reader.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function read(chunks: readonly Uint8Array[]): string[] {
  const reader = new LineReader();
  const lines = chunks.flatMap((chunk) => reader.push(chunk));
  const rest = reader.end();
  return rest === undefined ? lines : [...lines, rest];
}

describe('lines', () => {
  it.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['no end', ['no end']],
    ['\n\n', ['', '']],
    ['10%\r50%\r100%\ndone\n', ['100%', 'done']],
    ['10%\r50%\r', ['50%']],
    ['10%\r\r\n', ['10%']],
    ['', []],
  ])('%j', (text, lines) => expect(read([bytes(text)])).toEqual(lines));

  it('are the same however the bytes were cut', () => {
    const pieces = fc.array(fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', 'é', '日本', '🎉'));
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(12)), (parts, cuts) => {
        const whole = bytes(parts.join(''));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const size of cuts) {
          chunks.push(whole.subarray(at, at + size));
          at += size;
        }
        chunks.push(whole.subarray(at));
        expect(read(chunks)).toEqual(read([whole]));
      }),
    );
  });

  it('shows the line that is being written, folded', () => {
    const reader = new LineReader();
    reader.push(bytes('10%\r20%\r'));
    expect(reader.partial).toBe('20%');
    reader.push(bytes('30'));
    expect(reader.partial).toBe('30');
    expect(reader.push(bytes('%\n'))).toEqual(['30%']);
    expect(reader.partial).toBe('');
  });

  it('does not keep a line without an end for ever', () => {
    const reader = new LineReader();
    let shown = 0;
    for (let i = 0; i < 100; i++)
      shown += reader.push(bytes('x'.repeat(1000))).reduce((sum, line) => sum + line.length, 0);
    expect(shown + reader.partial.length).toBe(100_000);
    expect(reader.partial.length).toBeLessThan(20_000);
  });

  it('makes U+FFFD of what is not UTF-8', () =>
    expect(read([new Uint8Array([0x61, 0xff, 0x62, 0x0a])])).toEqual(['a\ufffdb']));
});

describe('control sequences', () => {
  it.each([
    ['\x1b[31mred\x1b[0m', '\x1b[31mred\x1b[0m'],
    ['\x1b[2J\x1b[10;10Hmoved', 'moved'],
    ['\x1b]0;title\x07text', 'text'],
    ['\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\x1bP1$r\x1b\\dcs', 'dcs'],
    ['\x1b[?25lhidden\x1b[?25h', 'hidden'],
    ['bell\x07 back\bspace', 'bell backspace'],
    ['\x9b31mc1', '31mc1'],
    ['cut off \x1b[', 'cut off '],
    ['cut off \x1b', 'cut off '],
    ['\x1b(Bcharset\x1bc', 'charset'],
    ['exe.\u202egpj', 'exe.\\u202egpj'],
    ['\u2066a\u2069 \u061c \u200e\u200f', '\\u2066a\\u2069 \\u061c \\u200e\\u200f'],
    ['\x9d0;title\x9c\x90dcs\x9c', '0;titledcs'],
  ])('%j', (line, shown) => expect(withoutControls(line, true)).toBe(shown));

  it('goes without colours where none are wanted', () =>
    expect(withoutControls('\x1b[1;31mred\x1b[0m', false)).toBe('red'));

  it('leaves nothing that a terminal would act on', () => {
    const noise = fc.string({
      unit: fc.constantFrom(
        '\x1b',
        '[',
        ']',
        'm',
        'H',
        '3',
        ';',
        '?',
        '\x07',
        '\\',
        'P',
        'a',
        '\x9b',
        '\x00',
        '\u202e',
        '\u2067',
      ),
    });

    fc.assert(
      fc.property(
        noise,
        (line) =>
          !/[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(
            withoutControls(line, false),
          ),
      ),
    );
  });

  it('expands tabs from the start of the line', () =>
    expect(expandTabs('a\tbc\td', (text) => text.length)).toBe('a       bc      d'));
});

describe('colours', () => {
  it('continue in the next line and never leak out of one', () => {
    const keeper = new ColourState(true);
    expect(keeper.show('\x1b[31mone')).toBe('\x1b[31mone\x1b[0m');
    expect(keeper.show('two')).toBe('\x1b[31mtwo\x1b[0m');
    expect(keeper.show('three\x1b[0m')).toBe('\x1b[31mthree\x1b[0m\x1b[0m');
    expect(keeper.show('four')).toBe('four');
  });

  it('replace each other by what they are about', () => {
    const keeper = new ColourState(true);
    keeper.show('\x1b[1;31;44m');
    keeper.show('\x1b[32m');
    expect(keeper.show('x')).toBe('\x1b[1m\x1b[32m\x1b[44mx\x1b[0m');
    keeper.show('\x1b[22;49m');
    expect(keeper.show('x')).toBe('\x1b[32mx\x1b[0m');
    keeper.show('\x1b[38;5;200m');
    expect(keeper.show('x')).toBe('\x1b[38;5;200mx\x1b[0m');
    keeper.show('\x1b[39m');
    expect(keeper.show('x')).toBe('x');
  });

  it.each([
    ['38:2::1:2:3', '38:2::1:2:3'],
    ['38:2:1:2:3', '38:2:1:2:3'],
    ['38:5:3', '38:5:3'],
    ['58:2::255:0:0', '58:2::255:0:0'],
    ['48;2;1;2;3', '48;2;1;2;3'],
    ['38;5;1', '38;5;1'],
    ['4:3', '4:3'],
    ['1;38:2::1:2:3;7', '1 38:2::1:2:3 7'],
    ['38;5;3;1', '38;5;3 1'],
    ['4:3;4:0', ''],
    ['58;5;1;59', ''],
    ['31;', ''],
    ['', ''],
    // Truncated or unknown: no part of it may be taken for another sequence.
    ['38', ''],
    ['38;5', ''],
    ['38;2;3;1', ''],
    ['38;7;3;1', ''],
    ['38;5;3:1', ''],
    ['38:2:3', ''],
    ['38:9:3', ''],
    ['38:5:300', ''],
    ['3:1', ''],
    ['12345', ''],
  ])('\\x1b[%sm leaves on: %s', (parameters, on) => {
    const keeper = new ColourState(true);
    keeper.show(`\x1b[${parameters}m`);
    const opening =
      on === ''
        ? ''
        : on
            .split(' ')
            .map((one) => `\x1b[${one}m`)
            .join('');
    expect(keeper.show('x')).toBe(on === '' ? 'x' : `${opening}x\x1b[0m`);
  });

  it('are gone where none are wanted', () => expect(new ColourState(false).show('\x1b[31mone')).toBe('one'));
});
