import { expect, it } from 'vitest';
import type { HelmRelease } from './helm-release.ts';
import { releaseOrder } from './release-order.ts';

const release = (name: string, ...dependsOn: readonly string[]): HelmRelease => ({
  ...{ name, dependsOn, chart: { path: name }, valuesFiles: [], values: [], fileValues: [] },
});

it.each([
  ['as they are given', [release('b'), release('a')], ['b', 'a']],
  ['after what they depend on', [release('a', 'c'), release('b'), release('c', 'b')], ['b', 'c', 'a']],
  ['none', [], []],
])('releases come %s', (_, releases, expected) => {
  const ordered = releaseOrder(releases);
  expect(typeof ordered === 'string' ? ordered : ordered.map(({ name }) => name)).toEqual(expected);
});

it.each([
  [[release('a', 'b')], 'release a depends on b, but there is no such release'],
  [[release('a', 'b'), release('b', 'a')], 'releases depend on each other: a, b, a'],
])('an order is impossible: %#', (releases, expected) => {
  expect(releaseOrder(releases)).toBe(expected);
});
