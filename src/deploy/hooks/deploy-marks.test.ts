import { expect, test } from 'vitest';
import type { OwnerMetadata } from '../owner-walk.ts';
import { isOfRelease, isOfSet } from './deploy-marks.ts';

const id = 'applyset-UVvUvlt9z5kD7FSlYYnfpi-lTVIxlPs0g4VY0yWJpA0-v1';
const labels = { 'applyset.kubernetes.io/part-of': id };
const ours = [{ manager: 'slipway', operation: 'Apply' }];

test.each<[string, OwnerMetadata, boolean]>([
  ['that Slipway applied', { labels, managedFields: ours }, true],
  ['with the label, applied by another program', { labels, managedFields: [{ ...ours[0], manager: 'argo' }] }, false],
  ['with the label, made by a controller', { labels, managedFields: [{ ...ours[0], operation: 'Update' }] }, false],
  ['without managed fields, but with the digest', { labels, annotations: { 'slipway.dev/applied': 'x' } }, true],
  ['without managed fields', { labels }, false],
  ['without the label', { managedFields: ours }, false],
])('an object of a set: one %s', (_, metadata, expected) => {
  expect(isOfSet('web', 'default')(metadata)).toBe(expected);
  expect(isOfSet('web', 'shop')(metadata)).toBe(false);
});

test('an object of a release', () => {
  const annotations = { 'meta.helm.sh/release-name': 'db', 'meta.helm.sh/release-namespace': 'shop' };
  expect(isOfRelease([{ name: 'db', namespace: 'shop' }])({ annotations })).toBe(true);
  expect(isOfRelease([{ name: 'db', namespace: 'cart' }])({ annotations })).toBe(false);
  expect(isOfRelease([{ name: 'db', namespace: 'shop' }])({})).toBe(false);
});
