import { expect, test } from 'vitest';
import { annotationsOf, applySetId, contentsOf, covers, nothing, parentName, unionOf } from './apply-set.ts';

test('the id is that of KEP-3659', () => {
  // printf 'slipway-web.default.ConfigMap.' | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =
  expect(applySetId('slipway-web', 'default')).toBe('applyset-UVvUvlt9z5kD7FSlYYnfpi-lTVIxlPs0g4VY0yWJpA0-v1');
  // As kubectl 1.32 computes it.
  expect(applySetId('kset', 'wta-k')).toBe('applyset-tXXS9oHc9gfivdpfCGesYtxFkuV_9XZ_GfEvzHPDOus-v1');
});

test.each([
  ['web', 'slipway-web'],
  ['Web', expect.stringMatching(/^slipway-web-[0-9a-f]{8}$/) as string],
  ['my_app/module', expect.stringMatching(/^slipway-my-app-module-[0-9a-f]{8}$/) as string],
  ['…', expect.stringMatching(/^slipway-[0-9a-f]{8}$/) as string],
])('the parent of the set %s', (name, expected) => {
  expect(parentName(name)).toEqual(expected);
});

test('contents become annotations and back', () => {
  const contents = { groupKinds: ['ConfigMap', 'Deployment.apps'], namespaces: ['a', 'b'] };
  expect(contentsOf(annotationsOf(contents))).toEqual(contents);
  expect(contentsOf(annotationsOf(nothing))).toEqual(nothing);
  expect(contentsOf(undefined)).toEqual(nothing);
});

test('contents grow and shrink', () => {
  const [few, more] = [
    { groupKinds: ['Secret'], namespaces: [] },
    { groupKinds: ['ConfigMap'], namespaces: ['n'] },
  ];
  const both = unionOf(few, more);
  expect(both).toEqual({ groupKinds: ['ConfigMap', 'Secret'], namespaces: ['n'] });
  expect([covers(both, few), covers(both, more), covers(few, more), covers(few, nothing)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});
