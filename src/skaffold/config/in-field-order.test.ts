import { expect, it } from 'vitest';
import { locatedMap } from '../../../test/rigs/located-yaml.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import { writeYaml } from '../../diagnostics/yaml/write-yaml.ts';
import { inFieldOrder } from './in-field-order.ts';
import { any, integer, listOf, mapOf, rootType, text, typed, type TypeShapes } from './shape/shape.ts';

const types: TypeShapes = {
  [rootType]: {
    label: 'a configuration',
    fields: {
      apiVersion: { shape: text },
      kind: { shape: text },
      build: { shape: typed('Section') },
      list: { shape: listOf(typed('Section')) },
      named: { shape: mapOf(typed('Section')) },
      texts: { shape: listOf(text) },
      foreign: { shape: any },
    },
  },
  Section: {
    label: 'a section',
    fields: {
      image: { shape: text },
      context: { shape: text },
      port: { shape: integer },
      inner: { shape: typed('Section') },
    },
  },
};

it.each([
  ['fields in the order of their types', '{kind: b, apiVersion: a}', 'apiVersion: a\nkind: b\n'],
  ['sections', '{build: {context: c, image: i}}', 'build:\n  image: i\n  context: c\n'],
  [
    'sections in sections',
    '{build: {inner: {port: 1, image: i}, port: 2}}',
    'build:\n  port: 2\n  inner:\n    image: i\n    port: 1\n',
  ],
  ['sections in lists', '{list: [{context: c, image: i}]}', 'list:\n  - image: i\n    context: c\n'],
  [
    'sections in maps',
    '{named: {z: {context: c, image: i}, a: {}}}',
    'named:\n  z:\n    image: i\n    context: c\n  a: {}\n',
  ],
  ['unknown fields last, as they are', '{z: {b: 1, a: 2}, kind: x, a: 1}', 'kind: x\nz:\n  b: 1\n  a: 2\na: 1\n'],
  ['foreign parts as they are', '{foreign: {kind: b, apiVersion: a}}', 'foreign:\n  kind: b\n  apiVersion: a\n'],
  ['keys of prototypes', '{__proto__: {a: 1}, constructor: 1}', '__proto__:\n  a: 1\nconstructor: 1\n'],
])('keeps %s', (_, yaml, expected) => {
  expect(writeYaml([inFieldOrder(locatedMap(yaml), rootType, types)])).toBe(expected);
});

it('moves comments with their fields', () => {
  const source = new SourceText('a', '# k\nkind: x # x\n# a\napiVersion: z # z\n');
  const documents = readYamlDocuments(source, ({ message }) => expect.fail(message));
  const moved = documents.flatMap((one) => (one.kind === 'map' ? inFieldOrder(one, rootType, types) : []));
  expect(writeYaml(moved, source)).toBe('# a\napiVersion: z # z\n# k\nkind: x # x\n');
});
