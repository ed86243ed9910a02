import { describe, expect, test } from 'vitest';
import { compileGlobs } from './globs.ts';

/** A path with a slash at the end is a folder. */
function takes(pattern: string, path: string): boolean {
  const isFolder = path.endsWith('/');
  return compileGlobs([pattern]).matching(isFolder ? path.slice(0, -1) : path, isFolder).length > 0;
}

test.each<[string, string, boolean]>([
  ['dist/**', 'dist/a', true],
  ['dist/**', 'dist/.hidden/x', true],
  ['dist/**', 'dist/', true],
  ['dist/**', 'dist', false],
  ['dist/**', 'distance/a', false],
  ['dist', 'dist', true],
  ['dist', 'dist/a/b', true],
  ['dist/', 'dist/a/b', true],
  ['./dist', 'dist/a', true],
  ['dist//sub', 'dist/sub/a', true],
  ['dist', 'src/dist/a', false],
  ['**/*.log', 'a.log', true],
  ['**/*.log', 'x/y/.z.log', true],
  ['**/*.log', 'x.log/inside', true],
  ['*', '.hidden', true],
  ['*.js', 'a/b.js', false],
  ['packages/*/dist', 'packages/a/dist/deep/x', true],
  ['packages/*/dist', 'packages/a/src/x', false],
  ['{a,b}/c', 'b/c', true],
  ['a/[xyz].txt', 'a/y.txt', true],
  ['a (copy).txt', 'a (copy).txt', true],
  ['!a', 'b', false],
  ['!a', '!a', true],
  ['.', 'anything/at/all', true],
  ['**', 'anything/at/all', true],
  ['Dist', 'dist', false],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
])('%s takes %s: %s', (pattern, path, expected) => {
  expect(takes(pattern, path)).toBe(expected);
});

describe('what is read', () => {
  test.each<[string[], string[]]>([
    [['dist/**'], ['dist']],
    [['**/*.log', 'dist'], ['']],
    [['dist/**', 'dist/sub', 'dist/a/*.js', 'distance'], ['dist', 'distance']],
    [['a/b/c.txt'], ['a/b/c.txt']],
    [['*.js'], ['']],
    [['{a,b}/c'], ['']],
    [['a/{b,c}/d'], ['a']],
    [['./x/'], ['x']],
    [['../up', '/etc'], []],
  ])('%j: %j', (patterns, bases) => {
    expect(compileGlobs(patterns).bases).toEqual(bases);
  });

  test('is nothing outside', () => {
    expect(compileGlobs(['../up', '/etc/**', 'a/../../b', 'fine']).refused).toEqual(['../up', '/etc/**', 'a/../../b']);
  });
});
