import { expect, test } from 'vitest';
import { choosePlatform, platformText, type Platform } from './platform.ts';

function parse(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

test.each([
  [['linux/amd64', 'linux/arm64'], 'linux/arm64', 'linux/arm64'],
  [['linux/arm64/v8'], 'linux/arm64', 'linux/arm64/v8'],
  [['linux/arm64'], 'linux/arm64/v8', 'linux/arm64'],
  [['linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7', 'linux/arm/v7'],
  [['linux/arm/v6', 'linux/arm/v7'], 'linux/arm', 'linux/arm/v7'],
  [['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v7', 'linux/arm/v6'],
  [['linux/arm/v5'], 'linux/arm/v7', 'linux/arm/v5'],
  [['linux/arm'], 'linux/arm/v6', undefined],
  [['linux/arm/v7'], 'linux/arm/v6', undefined],
  [['linux/amd64/v3', 'linux/amd64'], 'linux/amd64', 'linux/amd64'],
  [['linux/amd64', 'linux/amd64/v3'], 'linux/amd64/v3', 'linux/amd64/v3'],
  [['linux/amd64'], 'linux/amd64/v2', 'linux/amd64'],
  [['linux/amd64/v3'], 'linux/amd64', undefined],
  [['windows/amd64'], 'linux/amd64', undefined],
  [[], 'linux/amd64', undefined],
])('of %j for %s: %s', (candidates, wanted, expected) => {
  const chosen = choosePlatform(
    candidates.map((text) => ({ platform: parse(text) })),
    parse(wanted),
  );
  expect(chosen && platformText(chosen.platform)).toBe(expected);
});
