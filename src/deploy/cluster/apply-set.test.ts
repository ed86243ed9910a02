import { expect, test } from 'vitest';
import {
  annotationsOf,
  applySetId,
  contentsOf,
  damageOf,
  idLabel,
  kindsAnnotation,
  namespacesAnnotation,
  nothing,
  parentName,
  unionOf,
} from './apply-set.ts';

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
});

test.each([
  ['as Slipway writes it', {}, undefined],
  ['with empty lists', { [kindsAnnotation]: '', [namespacesAnnotation]: '' }, undefined],
  ['with a custom kind', { [kindsAnnotation]: 'Foo.foos.example.com,v1Kind' }, undefined],
  ['without its kinds', { [kindsAnnotation]: undefined }, `its annotation ${kindsAnnotation} is missing`],
  [
    'without its namespaces',
    { [namespacesAnnotation]: undefined },
    `its annotation ${namespacesAnnotation} is missing`,
  ],
  ['with a wrong kind', { [kindsAnnotation]: 'ConfigMap,{}' }, `its annotation ${kindsAnnotation} has the entry "{}"`],
  [
    'with a wrong namespace',
    { [namespacesAnnotation]: '../a' },
    `its annotation ${namespacesAnnotation} has the entry "../a"`,
  ],
])('a record %s', (_, changed, expected) => {
  const annotations = Object.fromEntries(
    Object.entries({ ...annotationsOf({ groupKinds: ['ConfigMap'], namespaces: ['a'] }), ...changed }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  expect(damageOf({ labels: { [idLabel]: 'id' }, annotations }, 'id')).toBe(expected);
});

test('a record without its id is damaged', () => {
  expect(damageOf({ annotations: annotationsOf(nothing) }, 'id')).toBe(`its label ${idLabel} is not id`);
});
