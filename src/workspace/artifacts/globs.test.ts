import { describe, expect, test } from 'vitest';
import { compileGlobs } from './globs.ts';

/** A path that ends with a slash is a folder. */
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
  ['a/', 'a', true],
  ['a/.', 'a/b', true],
  ['./**', 'a', true],
  ['.a', '.a', true],
  ['**/**', 'a/b/c', true],
  ['a/**/**/d', 'a/d', true],
  ['a/**/d', 'a/b/c/d', true],
  ['a/**/d', 'ad', false],
  ['a/**/d', 'a/bd', false],
  ['**.log', 'a.log', true],
  ['**.log', 'x/a.log', false],
  ['a**b', 'a/b', false],
  ['*/**', 'a/', true],
  ['*/**', 'a', false],
  ['?', 'é', true],
  ['?', '😀', true],
  ['[é-ü]', 'ö', true],
  ['[!a]', 'b', true],
  ['[!a]', 'a', false],
  ['x[!a]y', 'x/y', false],
  ['[]a]', ']', true],
  ['[a\\]]', ']', true],
  ['[a-]', '-', true],
  ['[z-a]', 'm', false],
  ['[[:digit:]]x', '7x', true],
  ['[[:nope:]]', 'n', false],
  ['[a', '[a', true],
  ['[[:alpha:]', '[[:alpha:]', true],
  ['pages/[id].tsx', 'pages/[id].tsx', true],
  ['pages/[id].tsx', 'pages/i.tsx', true],
  ['a\\', 'a\\', true],
  ['a\\/b', 'a/b', true],
  ['{a/b,c}/d', 'a/b/d', true],
  ['{a/b,c}/d', 'c/d', true],
  ['x{,y}', 'x', true],
  ['x{,y}', 'xy', true],
  ['x/{b/,}c', 'x/b/c', true],
  ['x/{b/,}c', 'x/c', true],
  ['x/{b,}c', 'x/bc', true],
  ['{a,**}/z', 'z', true],
  ['{a,**}/z', 'q/r/z', true],
  ['{a,b/**}', 'b/c/d', true],
  ['{a,b/**}', 'b', false],
  ['{a,b/**}', 'b/', true],
  ['{a,{b,c}d}', 'cd', true],
  ['{a,{b,c}d}', 'c', false],
  ['{a}', '{a}', true],
  ['{a,b', '{a,b', true],
  ['a,b}', 'a,b}', true],
  ['{[,],a}', ',', true],
  ['{\\,,a}', ',', true],
  ['{1..3}', '2', false],
  ['(a|b)', 'a', false],
  ['(a+)+$', '(a+)+$', true],
  ['+(a)', '+(a)', true],
  ['@(a|b)/c', '@(a|b)/c', true],
  ['!(a)', 'b', false],
  ['^a', '^a', true],
  ['a.b', 'axb', false],
  ['*', 'a\nb', true],
])('%s takes %s: %s', (pattern, path, expected) => {
  expect(takes(pattern, path)).toBe(expected);
});

describe('what is read', () => {
  test.each<[string[], string[]]>([
    [['dist/**'], ['dist']],
    [['**/*.log', 'dist'], ['']],
    [
      ['dist/**', 'dist/sub', 'dist/a/*.js', 'distance'],
      ['dist', 'distance'],
    ],
    [['a/b/c.txt'], ['a/b/c.txt']],
    [['*.js'], ['']],
    [['{a,b}/c'], ['']],
    [['a/{b,c}/d'], ['a']],
    [['./x/'], ['x']],
    [['../up', '/etc', '\\../up', '\\/etc'], []],
    [['a\\*/b'], ['a*/b']],
    [['{a/b,c}'], ['']],
    [['pages/[id].tsx'], ['pages']],
    [['(a)/+(b)/c'], ['(a)/+(b)/c']],
  ])('%j: %j', (patterns, bases) => {
    expect(compileGlobs(patterns).bases).toEqual(bases);
  });

  test('is nothing outside', () => {
    expect(compileGlobs(['../up', '/etc/**', 'a/../../b', 'fine']).refused).toEqual(['../up', '/etc/**', 'a/../../b']);
  });
});
