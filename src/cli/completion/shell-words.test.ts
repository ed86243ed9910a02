import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotedForBash, readShellWord, type OpenQuote } from './shell-words.ts';

describe('a word on a command line', () => {
  it.for<readonly [raw: string, text: string, quote: OpenQuote]>([
    ['plain', 'plain', ''],
    ['', '', ''],
    ['a\\ b', 'a b', ''],
    ['"a b"', 'a b', ''],
    ['"a b', 'a b', '"'],
    ["'a\\b", 'a\\b', "'"],
    ['--stage="b', '--stage=b', '"'],
    [`a"b"'c'd`, 'abcd', ''],
    ['"\\$x \\n"', '$x \\n', ''],
    ['$(touch x)${y}`z`*', '$(touch x)${y}`z`*', ''],
    ['half\\', 'half', ''],
  ])('%s', ([raw, text, quote]) => {
    expect(readShellWord(raw)).toEqual({ text, quote });
  });
});

describe('a text that is put on the command line of bash', () => {
  it.for<readonly [text: string, quote: OpenQuote, quoted: string]>([
    ['build', '', 'build'],
    ['colour=', '', 'colour='],
    ['release$(touch${IFS}/tmp/x)', '', 'release\\$\\(touch\\$\\{IFS\\}/tmp/x\\)'],
    ['a b', '"', 'a b'],
    ['$`"\\', '"', '\\$\\`\\"\\\\'],
    ['a!b', '"', `a"'!'"b`],
    ["it's $x", "'", "it'\\''s $x"],
    ['~root', '', '\\~root'],
    ['a!', '"', `a"'!'""`],
    ['say "hi"', '"', 'say \\"hi\\""'],
    ["say 'hi'", "'", `say '\\''hi'\\'''`],
  ])('%s within %s', ([text, quote, quoted]) => {
    expect(quotedForBash(text, quote)).toBe(quoted);
  });

  it('is taken by bash as it is, whatever it is and wherever it stands', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab $`"\'\\!*?[]{}()<>|&;~#=:@^%é\u2028') });
    fc.assert(
      fc.property(
        fc.array(fc.record({ text, quote: fc.constantFrom<OpenQuote>('', '"', "'") }), {
          minLength: 200,
          maxLength: 200,
        }),
        (all) => {
          const words = all.map(({ text, quote }) => asBashEndsIt(`x${quote}`, quotedForBash(text, quote), quote));
          const script = words.map((word) => `printf '%s\\0' ${word}`).join('\n');
          const { stdout } = spawnSync('bash', ['--noprofile', '--norc', '-c', script], { encoding: 'utf8' });
          expect(stdout.split('\0').slice(0, -1)).toEqual(all.map((one) => `x${one.text}`));
          expect(words.map(readShellWord)).toEqual(all.map((one) => ({ text: `x${one.text}`, quote: '' })));
        },
      ),
      { numRuns: 5 },
    );
  });
});

function asBashEndsIt(before: string, inserted: string, quote: OpenQuote): string {
  return before + inserted + (quote !== '' && inserted.endsWith(quote) ? '' : quote);
}
