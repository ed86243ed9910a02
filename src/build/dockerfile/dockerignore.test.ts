import { describe, expect, test } from 'vitest';
import { parseDockerignore } from './dockerignore.ts';

/** Returns the ignored ones of these paths. */
function left(text: string, ...paths: readonly string[]): readonly string[] {
  const rules = parseDockerignore(text);
  if ('line' in rules) throw new Error(rules.message);
  return paths.filter(rules.ignores);
}

describe('.dockerignore', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['*.md', ['a.md', 'b/a.md', 'a.mdx'], ['a.md']],
    ['**/*.md', ['a.md', 'b/a.md', 'b/c/a.md'], ['a.md', 'b/a.md', 'b/c/a.md']],
    ['*/temp*', ['temp', 'a/temp', 'a/temporary.txt', 'a/b/temp'], ['a/temp', 'a/temporary.txt']],
    ['temp?', ['temp', 'tempa', 'temp/', 'tempab'], ['tempa']],
    [
      'node_modules',
      ['node_modules', 'node_modules/x/y.js', 'web/node_modules/x'],
      ['node_modules', 'node_modules/x/y.js'],
    ],
    ['**/node_modules', ['node_modules/x', 'web/node_modules/x'], ['node_modules/x', 'web/node_modules/x']],
    ['/dist', ['dist', 'a/dist'], ['dist']],
    ['dist/', ['dist/a'], ['dist/a']],
    ['./dist/../build', ['build/a', 'dist/a'], ['build/a']],
    ['docs/**', ['docs', 'docs/a', 'docs/a/b'], ['docs/a', 'docs/a/b']],
    ['a/**/z', ['a/z', 'a/b/z', 'a/b/c/z', 'a/zz'], ['a/z', 'a/b/z', 'a/b/c/z']],
    ['*\n!README.md', ['a', 'README.md', 'b/README.md'], ['a', 'b/README.md']],
    ['*.md\n!README*.md\nREADME-secret.md', ['a.md', 'README.md', 'README-secret.md'], ['a.md', 'README-secret.md']],
    ['*.md\nREADME-secret.md\n!README*.md', ['a.md', 'README.md', 'README-secret.md'], ['a.md']],
    ['build\n!build/keep', ['build/a', 'build/keep', 'build/keep/b'], ['build/a']],
    ['# a comment\n\n  spaced  \n #no', ['# a comment', 'spaced', '#no'], ['spaced', '#no']],
    ['\ufeffa\r\nb\r\n', ['a', 'b', 'c'], ['a', 'b']],
    ['[a-c].txt', ['a.txt', 'd.txt'], ['a.txt']],
    ['[^a].txt', ['a.txt', 'd.txt'], ['d.txt']],
    ['[\\]a].txt', [']', '].txt', 'a.txt'], ['].txt', 'a.txt']],
    ['a.b+(c)|$', ['a.b+(c)|$', 'axb'], ['a.b+(c)|$']],
    ['\\*', ['*', 'a'], ['*']],
    ['café', ['café'], ['café']],
    ['.git', ['.git/HEAD', '.gitignore'], ['.git/HEAD']],
    ['**', ['a', 'a/b'], ['a', 'a/b']],
    ['a**b', ['ab', 'a/b', 'ax/b', 'ax/yb'], ['ab', 'a/b', 'ax/b']],
    ['a***b', ['ab', 'axb', 'ax/yb'], ['ab', 'axb', 'ax/yb']],
    ['a[^b]c', ['a/c', 'adc', 'abc'], ['a/c', 'adc']],
    ['[\\-a]', ['-', 'a', 'b'], ['-', 'a']],
    ['**b', ['b', 'ab', 'x/ab', 'ab/c', 'bc'], ['b', 'ab', 'x/ab', 'ab/c']],
    ['**/a*c', ['abc', 'x/ac/y', 'abd', 'xabc', 'ab/c'], ['abc', 'x/ac/y']],
    ['**/a*b*c*', ['abc', 'a1b2c3', 'x/abc', 'acb'], ['abc', 'a1b2c3', 'x/abc']],
    ['**/ab*ba', ['aba', 'abba'], ['abba']],
    ['**/a/b', ['a/b', 'x/a/b', 'x/a/b/c', 'xa/b', 'a/bc'], ['a/b', 'x/a/b', 'x/a/b/c']],
    ['!.', ['a'], []],
    ['{a,b}', ['a', '{a,b}'], ['{a,b}']],
    ['(a+)+$', ['aaaa', '(a+)+$'], ['(a+)+$']],
    ['*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b', ['a'.repeat(65)], []],
    ['**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b', [`${'a/'.repeat(200)}a`], []],
    ['', ['a'], []],
  ])('%j', (text, paths, expected) => {
    expect(left(text, ...paths)).toEqual(expected);
  });

  test.each([
    ['a\n[b', 2, '`[b` is not a valid pattern'],
    ['!', 1, '`!` has no pattern after it'],
    ['a\\', 1, '`a\\` is not a valid pattern'],
    ['[-a]', 1, '`[-a]` is not a valid pattern'],
    ['[z-a]', 1, '`[z-a]` is not a valid pattern'],
  ])('%j fails with the number of its line', (text, line, message) => {
    expect(parseDockerignore(text)).toEqual({ line, message });
  });
});
