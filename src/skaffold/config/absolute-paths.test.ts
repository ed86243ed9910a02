import { expect, it } from 'vitest';
import { locatedMap, plainJson } from '../../../test/rigs/located-yaml.ts';
import { isUrl, withAbsolutePaths } from './absolute-paths.ts';
import { any, listOf, mapOf, text, typed, type TypeShapes } from './shape/shape.ts';

const types: TypeShapes = {
  Root: {
    label: 'a root',
    fields: {
      path: { shape: text, path: true },
      paths: { shape: listOf(text), path: true },
      files: { shape: mapOf(text), path: true },
      image: { shape: text },
      section: { shape: typed('Section') },
      sections: { shape: listOf(typed('Section')) },
      named: { shape: mapOf(typed('Section')) },
      foreign: { shape: any },
    },
  },
  Section: { label: 'a section', fields: { path: { shape: text, path: true } } },
};

it.each([
  ['{path: a}', { path: '/base/a' }],
  ['{path: .}', { path: '/base' }],
  ['{path: ../a/./b/}', { path: '/a/b' }],
  ['{path: /a/../b}', { path: '/a/../b' }],
  ['{path: ""}', { path: '' }],
  ['{path: "https://x/y"}', { path: 'https://x/y' }],
  ['{path: "gs://x/y"}', { path: 'gs://x/y' }],
  ['{path: "a:b"}', { path: '/base/a:b' }],
  ['{path: "~/a"}', { path: '/base/~/a' }],
  ['{paths: [a, /b, ""]}', { paths: ['/base/a', '/b', ''] }],
  ['{files: {x: a, y: /b}}', { files: { x: '/base/a', y: '/b' } }],
  ['{image: a/b}', { image: 'a/b' }],
  ['{section: {path: a}}', { section: { path: '/base/a' } }],
  ['{sections: [{path: a}, {path: b}]}', { sections: [{ path: '/base/a' }, { path: '/base/b' }] }],
  ['{named: {x: {path: a}}}', { named: { x: { path: '/base/a' } } }],
  ['{constructor: {path: a}, toString: b}', { constructor: { path: 'a' }, toString: 'b' }],
  ['{foreign: {path: a}, unknown: {path: a}}', { foreign: { path: 'a' }, unknown: { path: 'a' } }],
])('withAbsolutePaths: %s', (yaml, expected) => {
  expect(plainJson(withAbsolutePaths(locatedMap(yaml), 'Root', types, '/base'))).toEqual(expected);
});

it('keeps the positions of the file', () => {
  const [entry] = withAbsolutePaths(locatedMap('path: a'), 'Root', types, '/base').entries;
  expect(entry?.value.at.start).toBe(6);
});

it.each([
  ['https://a', true],
  ['oci://a/b', true],
  ['git+ssh://a', true],
  ['a://', true],
  ['://a', false],
  ['1a://b', false],
  ['a:/b', false],
  ['a/b://c', false],
])('isUrl: %s is %s', (path, expected) => {
  expect(isUrl(path)).toBe(expected);
});
