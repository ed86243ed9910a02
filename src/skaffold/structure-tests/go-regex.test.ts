import { describe, expect, it } from 'vitest';
import { regexFinds } from './go-regex.ts';

describe('a search', () => {
  const line = '2026-11-28 14:38:32 INFO some.component handled /api/v1/users/42 in 17 ms\n';
  const long = line.repeat((32 << 20) / line.length);

  it.each<[string, string, boolean]>([
    ['this literal has thirty-nine characters', long, false],
    ['(?m)^hello$', long, false],
    [String.raw`\bfoo\b`, long, false],
    ['(?i)error: .* failed', long, false],
    ['^2026.*INFO', long, true],
    ['the end$', `${long}the end`, true],
    ['.*foo', long.slice(0, 4 << 20), false],
    [String.raw`(\w+)=(\d+) failed`, long.slice(0, 4 << 20), false],
    ['[α-ω]+', `${long}λ`, true],
  ])('of %s reads a long text to its end', (pattern, text, finds) => {
    expect(regexFinds(pattern, text)).toBe(finds);
  });

  it('ends after its steps', () => {
    const text = 'a'.repeat(100_000);
    expect(regexFinds('(?:a?){100}b', text, 1_000_000)).toBe('the text is too long for this regular expression');
    expect(regexFinds('a+b', text, 1_000_000)).toBe(false);
  });
});
