import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

it.each([
  ['web', 'web'],
  ['stage/step', 'stage/step'],
  ['two words', "'two words'"],
  ["it's", `'it'\\''s'`],
  ['$(rm)', "'$(rm)'"],
  ['', "''"],
  ['a\u001b[2J', "$'a\\033[2J'"],
  ['a\u202eb', "$'a\\342\\200\\256b'"],
])('%j is written as %s', (word, written) => expect(shellWord(word)).toBe(written));

it('is what a shell reads as the same word, also as the value of a variable', () => {
  for (const word of ['', 'a=b:c,d%e@f+g.h/i-j_k', "it's $(rm) `rm` \\ \"x\" ~ * ? [a] # ; & | < > { } !", '~', 'a:~']) {
    const { stdout } = spawnSync('/bin/sh', ['-c', `export X=${shellWord(word)}; printf '%s|%s.' ${shellWord(word)} "$X"`], { encoding: 'utf8' });
    expect(stdout).toBe(`${word}|${word}.`);
  }
});

const hasBash = spawnSync('bash', ['-c', ':']).status === 0;

it.skipIf(!hasBash)('keeps what does not print from a terminal, and means the same', () => {
  for (const word of ['two\nlines\n', "it's \\ a\u001b]0;title\u0007 \u202eb\u2066", '\u009b31m 7', '\u200f\u061c']) {
    const written = shellWord(word);
    expect(written).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const { stdout } = spawnSync('bash', ['-c', `printf '%s.' ${written}`], { encoding: 'utf8', env: { LC_ALL: 'C' } });
    expect(stdout).toBe(`${word}.`);
  }
});
