import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { quoteForShell } from './quote-for-shell.ts';

it.each([
  ['stage/step', 'stage/step'],
  ["it's", `'it'\\''s'`],
  ['a\u001b[2J', "$'a\\033[2J'"],
  ['a\u202eb', "$'a\\342\\200\\256b'"],
])('%j is shown as %s', (word, written) => expect(quoteForShell(word)).toBe(written));

const hasBash = spawnSync('bash', ['-c', ':']).status === 0;

it.skipIf(!hasBash)('keeps what does not print from a terminal, and means the same', () => {
  for (const word of ['two\nlines\n', "it's \\ a\u001b]0;title\u0007 \u202eb\u2066", '\u009b31m 7', '\u200f\u061c']) {
    const written = quoteForShell(word);
    expect(written).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const { stdout } = spawnSync('bash', ['-c', `printf '%s.' ${written}`], { encoding: 'utf8', env: { LC_ALL: 'C' } });
    expect(stdout).toBe(`${word}.`);
  }
});
