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
])('%j is written as %s', (word, written) => expect(shellWord(word)).toBe(written));

it('a shell reads the same word, also as the value of a variable', () => {
  for (const word of [
    '',
    'a=b:c,d%e@f+g.h/i-j_k',
    'it\'s $(rm) `rm` \\ "x" ~ * ? [a] # ; & | < > { } !',
    '~',
    'a:~',
    'two\nlines\n',
    'a\u001b[2J',
    'a\u202eb',
  ]) {
    const { stdout } = spawnSync(
      '/bin/sh',
      ['-c', `export X=${shellWord(word)}; printf '%s|%s.' ${shellWord(word)} "$X"`],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe(`${word}|${word}.`);
  }
});
