import { describe, expect, test } from 'vitest';
import { appendGlob } from './append-glob.ts';
import { PatternBuilder } from './pattern-builder.ts';

const syntax = { braces: true, unfinished: 'character', normalized: true } as const;

function compile(glob: string) {
  const builder = new PatternBuilder();
  appendGlob(builder, glob, 'file', syntax);
  return builder.build();
}

/** Globs that take a backtracking matcher practically for ever. */
const hostile: readonly (readonly [name: string, glob: string])[] = [
  ['a regular expression', '(a+)+$'],
  ['stars', `${'*a'.repeat(40)}*b`],
  ['stars for parts', `${'**/'.repeat(300)}b`],
  ['stars for parts with names between them', `${'**/a/'.repeat(100)}b`],
  ['empty alternatives', `${'{,a}'.repeat(60)}b`],
  ['equal alternatives', `${'{a,a}'.repeat(60)}b`],
  ['stars in alternatives', `${'{*a,a*}'.repeat(60)}b`],
  ['nested braces', `${'{a,'.repeat(5000)}b${'}'.repeat(5000)}`],
  ['braces without ends', '{a,'.repeat(5000)],
  ['sets without ends', '[a'.repeat(20_000)],
  ['escaped ends of sets', `${'['.repeat(20_000)}${'\\]'.repeat(5000)}`],
  ['one set with many members', `[${'a-b'.repeat(2000)}]b`],
  ['question marks', '?'.repeat(1000)],
];

describe.each(hostile)('%s', (_, glob) => {
  const pattern = compile(glob);
  const arrows = pattern.states.reduce((sum, { free }) => sum + free.length + 1, 0);

  test('is a pattern no larger than the glob, by a constant factor', () => {
    expect(arrows).toBeLessThanOrEqual(12 * glob.length + 12);
  });

  test.each([
    ['one long name', `/${'a'.repeat(400)}`],
    ['many short ones', '/a'.repeat(200)],
  ])('takes at most a constant number of steps for each transition and character of %s', (_text, path) => {
    expect(pattern.run(path, true).steps).toBeLessThanOrEqual(2 * arrows * (path.length + 1));
  });
});

test('work grows linearly with the text', () => {
  const pattern = compile(`${'*a'.repeat(15)}*b`);
  const steps = (length: number) => pattern.run(`/${'a'.repeat(length)}`, true).steps;
  expect(steps(2000) / steps(1000)).toBeLessThan(2.1);
});

test('a pattern can be reused', () => {
  const pattern = compile('a*/b');
  for (let i = 0; i < 3; i++) {
    expect(pattern.matches('/ax/b')).toBe(true);
    expect(pattern.matches('/ax/c')).toBe(false);
    expect(pattern.matchesPathOrAbove('/ax/b/c')).toBe(true);
    expect(pattern.matches('/ax/b/c')).toBe(false);
  }
});
