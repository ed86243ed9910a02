import { describe, expect, test } from 'vitest';
import { parseIgnoreRules } from './ignore-rules.ts';

/** A path that ends with a slash is a folder. */
function verdict(text: string, path: string): 'ignored' | 'kept' | undefined {
  const isFolder = path.endsWith('/');
  const bytes = Buffer.from(isFolder ? path.slice(0, -1) : path).toString('latin1');
  return parseIgnoreRules(Buffer.from(text).toString('latin1')).verdict(bytes, isFolder);
}

describe('a line', () => {
  test.each<[string, string, 'ignored' | 'kept' | undefined]>([
    ['a', 'a', 'ignored'],
    ['a', 'x/a', 'ignored'],
    ['a', 'x/a/', 'ignored'],
    ['/a', 'a', 'ignored'],
    ['/a', 'x/a', undefined],
    ['a/', 'a', undefined],
    ['a/', 'x/a/', 'ignored'],
    ['a/b', 'a/b', 'ignored'],
    ['a/b', 'x/a/b', undefined],
    ['*.o', 'x/y.o', 'ignored'],
    ['a/*', 'a/b', 'ignored'],
    ['a/*', 'a/b/c', undefined],
    ['**/a', 'x/y/a', 'ignored'],
    ['a/**', 'a/x/y', 'ignored'],
    ['a/**', 'a/', undefined],
    ['a/**/b', 'a/b', 'ignored'],
    ['a/**/b', 'a/x/y/b', 'ignored'],
    ['**', 'a/b', 'ignored'],
    ['/*', 'a', 'ignored'],
    ['!a', 'a', 'kept'],
    ['*\n!a', 'a', 'kept'],
    ['!a\n*', 'a', 'ignored'],
    ['\\!a', '!a', 'ignored'],
    ['#a', '#a', undefined],
    ['\\#a', '#a', 'ignored'],
    [' a', ' a', 'ignored'],
    ['a  ', 'a', 'ignored'],
    ['a\\ ', 'a ', 'ignored'],
    ['a\\\\ ', 'a\\', 'ignored'],
    ['a\r\nb', 'a', 'ignored'],
    ['a\t', 'a', undefined],
    ['\ufeffa', 'a', 'ignored'],
    ['', 'a', undefined],
    ['/', 'a/', undefined],
    ['{a,b}', 'a', undefined],
    ['{a,b}', '{a,b}', 'ignored'],
    ['(a+)+$', 'aaa', undefined],
    ['[ab]', 'b', 'ignored'],
    ['[!ab]', 'c', 'ignored'],
    ['[^ab]', 'a', undefined],
    ['[]-]', ']', 'ignored'],
    ['[[:upper:]]', 'A', 'ignored'],
    ['[a', '[a', undefined],
    ['a\\', 'a\\', undefined],
    ['A', 'a', undefined],
    ['é', 'é', 'ignored'],
    // Two bytes.
    ['?', 'é', undefined],
    ['??', 'é', 'ignored'],
    ['a//b', 'a/b', undefined],
    ['./a', 'a', undefined],
  ])('%j, %j: %s', (text, path, expected) => {
    expect(verdict(text, path)).toBe(expected);
  });
});
