import { describe, expect, it } from 'vitest';
import type { InputPatterns } from '../input-patterns.ts';
import { patternSelection } from './pattern-selection.ts';

const none: InputPatterns = { include: [], exclude: [], files: [] };

describe('files of patterns', () => {
  it.each<[Partial<InputPatterns>, readonly string[], readonly string[]]>([
    [{ include: ['.'] }, ['a', 'a/b', '.env'], []],
    [{ include: ['./'] }, ['a/b'], []],
    [{ include: ['src'] }, ['src', 'src/a', 'src/a/b'], ['a', 'src2']],
    [{ include: ['./src/'] }, ['src/a'], ['a']],
    [{ include: ['*.go'] }, ['a.go'], ['a/b.go', 'a.txt']],
    [{ include: ['**/*.go'] }, ['a.go', 'a/b/c.go'], ['a.txt']],
    [{ include: ['.'], exclude: ['**/*.md'] }, ['a.go'], ['a.md', 'a/b.md']],
    [{ include: ['.'], exclude: ['docs'] }, ['a'], ['docs/a', 'docs']],
    [{ include: ['.'], exclude: ['docs', '!docs/a'] }, ['docs/a'], ['docs/b']],
    [{ include: ['a'], files: ['./x/go.mod'] }, ['x/go.mod', 'a'], ['go.mod']],
    [{ files: ['x'], exclude: ['x'] }, ['x'], ['y']],
    [{}, [], ['a']],
  ])('%j has %j and not %j', (patterns, has, hasNot) => {
    const { matches } = patternSelection({ ...none, ...patterns });
    expect([has.filter((path) => !matches(path)), hasNot.filter(matches)]).toEqual([[], []]);
  });

  it('leaves out folders that are excluded as a whole', () => {
    const { mayMatchBelow } = patternSelection({ include: ['.'], exclude: ['out', 'lib', '!lib/a'], files: [] });
    expect(['out', 'lib', 'src'].map(mayMatchBelow)).toEqual([false, true, true]);
    expect(patternSelection({ include: ['.'], exclude: ['out'], files: ['out/x'] }).mayMatchBelow('out')).toBe(true);
  });
});
