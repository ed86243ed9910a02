import { expect, test } from 'vitest';
import type { InspectedContainer } from '../api/engine-session.ts';
import { logLimits } from './log-limits.ts';

const mebibyte = 2 ** 20;

test.each<[string, object, number | undefined]>([
  ['json-file', {}, undefined],
  ['json-file', { 'max-size': '10m', 'max-file': '5' }, 40 * mebibyte],
  ['json-file', { 'max-size': '1.5k', 'max-file': '3' }, 3_072],
  ['json-file', { 'max-size': '1GB', 'max-file': '2' }, 1_024 * mebibyte],
  ['json-file', { 'max-size': '10m' }, 0],
  ['json-file', { 'max-size': '-1', 'max-file': '5' }, undefined],
  ['local', {}, 80 * mebibyte],
  ['local', { 'max-size': '1m', 'max-file': '2' }, mebibyte],
  // Docker keeps a copy with the driver `local`.
  ['splunk', { 'splunk-url': 'x' }, 80 * mebibyte],
  ['journald', {}, undefined],
  ['none', {}, undefined],
])('the driver %s with %j: whole below %s bytes', (Type, Config, wholeBelow) => {
  const container = { HostConfig: { LogConfig: { Type, Config } } } as unknown as InspectedContainer;
  expect(logLimits(container)?.wholeBelow).toBe(wholeBelow);
});

test('a container without a driver', () => {
  expect(logLimits({ HostConfig: {} } as unknown as InspectedContainer)).toBeUndefined();
});
