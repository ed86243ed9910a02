import { describe, expect, it, vi } from 'vitest';
import { formatBytes, formatBytesOf } from '../../words/bytes.ts';
import { formatDuration, formatSpan } from '../../words/duration.ts';
import { hasUnicode, lookFor, makeLook, wantsColour } from './look.ts';
import { clockTime, localTime, relativeTime } from '../../words/time.ts';
import { count, parseDuration, parseSize } from '../../words/quantity.ts';

describe('durations', () => {
  it.each([
    [0, '0.0s'],
    [-5, '0.0s'],
    [49, '0.0s'],
    [50, '0.1s'],
    [400, '0.4s'],
    [12_345, '12.3s'],
    [59_940, '59.9s'],
    [59_960, '1m 00s'],
    [125_000, '2m 05s'],
    [3_599_600, '1h 00m'],
    [3_720_000, '1h 02m'],
    [90_000_000, '1d 01h'],
  ])('%d ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('says nothing about a span without an end', () => {
    expect(formatSpan(1, undefined)).toBe('');
    expect(formatSpan(1000, 3000)).toBe('2.0s');
  });

  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['30d', 2_592_000_000],
    ['30', undefined],
    ['-1s', undefined],
    ['1 h', undefined],
  ])('%s is read', (text, ms) => expect(parseDuration(text)).toBe(ms));
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_960_000, '10 MB'],
    [31_400_000, '31 MB'],
    [999_600_000, '1.0 GB'],
    [2_500_000_000, '2.5 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('shows both of a progress in one unit', () => {
    expect(formatBytesOf(31_000_000, 48_000_000)).toBe('31 of 48 MB');
    expect(formatBytesOf(500_000, 4_800_000)).toBe('0.5 of 4.8 MB');
  });

  it.each([
    ['10GB', 10_000_000_000],
    ['512Mi', 536_870_912],
    ['512MiB', 536_870_912],
    ['1000', 1000],
    ['1.5k', 1500],
    ['i', undefined],
    ['5i', undefined],
    ['GB', undefined],
  ])('%s is read', (text, bytes) => expect(parseSize(text)).toBe(bytes));
});

describe('moments', () => {
  const now = Date.UTC(2026, 0, 2, 12, 0, 0);
  it.each([
    [-60_000, 'just now'],
    [-61_000, localTime(now + 61_000)],
    [3_000, 'just now'],
    [42_000, '42 s ago'],
    [120_000, '2 min ago'],
    [3_600_000, '1 h ago'],
    [47 * 3_600_000, '47 h ago'],
    [72 * 3_600_000, '3 d ago'],
  ])('%d ms before now is %s', (ms, text) => expect(relativeTime(now - ms, now)).toBe(text));

  it.each([
    ['Asia/Kolkata', '2026-01-02 03:04:05', '03:04:05'],
    ['America/New_York', '2026-01-01 16:34:05', '16:34:05'],
  ])('is in the time zone of the machine: %s', (zone, local, clock) => {
    vi.stubEnv('TZ', zone);
    try {
      const at = Date.UTC(2026, 0, 1, 21, 34, 5);
      expect([localTime(at), clockTime(at)]).toEqual([local, clock]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

it('counts', () => {
  expect(count(1, 'step')).toBe('1 step');
  expect(count(0, 'step')).toBe('0 steps');
});

describe('look', () => {
  it.each([
    ['a terminal', {}, true, 'auto', true],
    ['a pipe', {}, false, 'auto', false],
    ['TERM=dumb', { TERM: 'dumb' }, true, 'auto', false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, 'auto', false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, 'auto', true],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, false, 'auto', true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, 'auto', false],
    ['NO_COLOR over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, 'auto', false],
    ['the flag over NO_COLOR', { NO_COLOR: '1' }, false, 'always', true],
    ['the flag over FORCE_COLOR', { FORCE_COLOR: '1' }, true, 'never', false],
  ] as const)('with %s', (_name, env, terminal, choice, wanted) =>
    expect(wantsColour(env, terminal, choice)).toBe(wanted),
  );

  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{}, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
  ])('%j has Unicode: %s', (env, wanted) => expect(hasUnicode(env, 'linux')).toBe(wanted));

  it('paints only where colours are wanted', () => {
    expect(lookFor({ env: {}, platform: 'linux' }, { isTerminal: false }, 'auto').paint('red', 'x')).toBe('x');
    expect(makeLook(true, true).paint('red', 'x')).toBe('\x1b[31mx\x1b[39m');
  });
});
