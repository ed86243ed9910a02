import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../diagnostics/yaml/read-duration.ts';
import { parseSize } from '../../diagnostics/yaml/read-size.ts';
import { isPattern, leadsOutside, tidyPath } from './workspace-path.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1.5h', 5_400_000],
    ['500h', 1_800_000_000],
    ['1ms', 1],
    ['10', 'has no unit'],
    ['0s', 'is too short'],
    ['0.4ms', 'is too short'],
    ['501h', 'is longer than 500h'],
    ['99999999999h', 'is longer than 500h'],
    ['1d', 'has an unknown unit: use ms, s, m or h'],
    ['10M', 'has an unknown unit: use ms, s, m or h'],
    ['1constructor', 'has an unknown unit: use ms, s, m or h'],
    ['-1s', 'is not a duration'],
    ['1h30m', 'is not a duration'],
    ['', 'is not a duration'],
    ['ten', 'is not a duration'],
  ])('%j is %j', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});

describe('sizes', () => {
  it.each([
    ['512Mi', 536_870_912],
    ['1Gi', 1_073_741_824],
    ['500M', 500_000_000],
    ['0.5G', 500_000_000],
    ['64Ki', 65_536],
    ['1T', 1e12],
    ['512', 'has no unit'],
    ['-1Gi', 'is not a size'],
    ['a lot', 'is not a size'],
    ['', 'is not a size'],
  ])('%j is %j', (text, expected) => {
    expect(parseSize(text)).toBe(expected);
  });

  it.each(['512MB', '1gb', '5m', '5toString'])('%s has no known unit', (text) => {
    expect(parseSize(text)).toContain('has an unknown unit');
  });
});

describe('paths in the workspace', () => {
  it.each([
    'dist/**',
    './dist',
    '.npm',
    'a/..b/c..',
    '...',
    'a,b',
    '**/*.{js,ts}',
    'dist{,/**}',
    '~x',
    'a:b',
    '*',
    '@(a|b)',
    'node_modules/.bin',
  ])('%s stays inside', (path) => {
    expect(leadsOutside(path)).toBe(false);
  });

  it.each([
    '/etc',
    '..',
    '../x',
    'a/../b',
    'a/..',
    '~',
    '~/x',
    'C:\\x',
    'c:/x',
    '\\\\server',
    'a\\..\\b',
    '{..,a}/x',
    'a/{b,..}/x',
    '@(..|x)/y',
    '{/etc,x}',
    '{a,/etc}/x',
  ])('%s leads outside', (path) => {
    expect(leadsOutside(path)).toBe(true);
  });

  it.each([
    ['./.npm/', '.npm'],
    ['a//b/./c', 'a/b/c'],
    ['.', ''],
    ['./', ''],
  ])('%s is tidied to %j', (path, tidy) => {
    expect(tidyPath(path)).toBe(tidy);
  });

  it.each([
    ['node_modules', false],
    ['.cache/go-build', false],
    ['*.o', true],
    ['a/?', true],
    ['[ab]', true],
    ['{a,b}', true],
    ['!a', true],
    ['a!', false],
  ])('%s is a pattern: %s', (path, pattern) => {
    expect(isPattern(path)).toBe(pattern);
  });
});
