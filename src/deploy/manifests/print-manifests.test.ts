import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { parseManifests } from './parse-manifests.ts';
import { printManifests } from './print-manifests.ts';

const object = (more: object): KubernetesObject => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'a' },
  ...more,
});
const printed = (more: object) => printManifests([object(more)]);
const before = 'apiVersion: v1\n';
const behind = 'kind: ConfigMap\nmetadata:\n  name: a\n';

describe('printManifests', () => {
  it.each([
    [
      'texts that look like others',
      { data: { a: '1', b: 'true', c: 'null', d: '0644', e: '' } },
      ['data:', '  a: "1"', '  b: "true"', '  c: "null"', '  d: "0644"', '  e: ""', ''].join('\n'),
    ],
    [
      'texts that YAML 1.1 reads as others',
      { data: { a: 'yes', b: 'off', c: '1_000', d: '2001-01-01', e: '0b1' } },
      ['data:', '  a: "yes"', '  b: "off"', '  c: "1_000"', '  d: "2001-01-01"', '  e: "0b1"', ''].join('\n'),
    ],
    ['keys that look like others', { data: { on: 'a', '1': 'b' } }, 'data:\n  "1": b\n  "on": a\n'],
    ['several lines', { data: { a: 'x\ny\n', b: 'x\ny' } }, 'data:\n  a: |\n    x\n    y\n  b: |-\n    x\n    y\n'],
    ['sorted keys', { data: { b: '', a: '' } }, 'data:\n  a: ""\n  b: ""\n'],
    ['empty values', { data: {}, a: [], b: null, c: undefined }, 'a: []\napiVersion: v1\nb: null\ndata: {}\n'],
    ['lists', { data: [{ b: 1, a: [1, 2.5] }] }, 'data:\n  - a:\n      - 1\n      - 2.5\n    b: 1\n'],
  ])('prints %s', (_, more, expected) =>
    expect(printed(more)).toBe(`${expected.includes(before) ? '' : before}${expected}${behind}`),
  );

  it('separates documents', () =>
    expect(printManifests([object({}), object({})])).toBe(`${before}${behind}---\n${before}${behind}`));

  it('prints nothing of nothing', () => expect(printManifests([])).toBe(''));

  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom('a', '0', '1', ':', ' ', '\n', '\t', '-', '#', '"', "'", '|', '_', '.', '{', '\r'),
    }),
    fc.constantFrom('yes', 'no', 'y', 'On', 'null', '~', '0644', '0o17', '1e3', '.5', '-1', '1:30', '<<', '=', '---'),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      text,
      fc.integer(),
      fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(text, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  it('prints what it can read again', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (values) => {
        // JSON has no -0.
        const objects = values.map((value) => JSON.parse(JSON.stringify(object({ value }))) as KubernetesObject);
        const { manifests, problems } = parseManifests(printManifests(objects), 'x');
        expect(problems).toEqual([]);
        expect(manifests.map((manifest) => manifest.object)).toEqual(objects);
        expect(printManifests(manifests.map((manifest) => manifest.object))).toBe(printManifests(objects));
      }),
      { numRuns: 300 },
    );
  });
});
