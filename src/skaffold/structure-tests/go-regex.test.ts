import { describe, expect, it } from 'vitest';
import { regexFinds, regexFindsIn } from './go-regex.ts';

describe('a search', () => {
  const { signal } = new AbortController();
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
  ])('of %s reads a long text to its end', async (pattern, text, finds) => {
    expect(await regexFindsIn(text, pattern, signal)).toBe(finds);
  });

  it('ends after its steps', async () => {
    const text = 'a'.repeat(100_000);
    const tooLong = 'the text is too long for this regular expression';
    expect(await regexFindsIn(text, '(?:a?){100}b', signal, 1_000_000)).toBe(tooLong);
    expect(await regexFindsIn(text, 'a+b', signal, 1_000_000)).toBe(false);
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error('stopped')));
    await expect(regexFindsIn(long, '(?:.?){100}foo', stop.signal)).rejects.toThrow('stopped');
  });

  it.each(['a', 'b+', 'c$', '('])('of a short text for %s finds what that of a long one finds', async (pattern) => {
    expect(regexFinds(pattern, 'xab')).toBe(await regexFindsIn('xab', pattern, signal));
  });
});
