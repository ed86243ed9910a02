import { expect, it } from 'vitest';
import { locatedMap, plainJson } from '../../../../test/rigs/located-yaml.ts';
import { boolean, integer, listOf, mapOf, text, typed, type TypeShapes } from '../shape/shape.ts';
import { overlay } from './overlay.ts';

const types: TypeShapes = {
  Root: {
    label: 'a root',
    fields: {
      name: { shape: text },
      count: { shape: integer },
      on: { shape: boolean, keepsZero: true },
      list: { shape: listOf(text) },
      map: { shape: mapOf(text) },
      value: { shape: typed('Section') },
      pointer: { shape: typed('Section'), keepsZero: true },
      local: { shape: typed('Section'), keepsZero: true, oneOf: 'place' },
      cluster: { shape: typed('Section'), keepsZero: true, oneOf: 'place' },
      here: { shape: text, oneOf: 'other' },
      there: { shape: text, oneOf: 'other' },
    },
  },
  Section: {
    label: 'a section',
    fields: { a: { shape: text }, b: { shape: text }, inner: { shape: typed('Section') } },
  },
};

function overlaid(base: string, profile: string) {
  const root = types['Root'];
  if (!root) throw new Error('no root');
  return overlay(locatedMap(base), locatedMap(profile), root, types);
}

it.each([
  ['scalars are replaced', '{name: x, count: 1, on: true}', '{name: y, on: false}', { name: 'y', count: 1, on: false }],
  ['lists are replaced', '{list: [a, b]}', '{list: [c]}', { list: ['c'] }],
  ['maps of values are replaced', '{map: {a: "1"}}', '{map: {b: "2"}}', { map: { b: '2' } }],
  ['new fields come last', '{name: x}', '{list: [a]}', { name: 'x', list: ['a'] }],
  ['value sections are merged', '{value: {a: "1", b: "2"}}', '{value: {b: "3"}}', { value: { a: '1', b: '3' } }],
  [
    'value sections are merged at any depth',
    '{value: {a: "1", inner: {a: "1", b: "2"}}}',
    '{value: {inner: {b: "3"}}}',
    { value: { a: '1', inner: { a: '1', b: '3' } } },
  ],
  ['pointer sections are replaced', '{pointer: {a: "1"}}', '{pointer: {b: "3"}}', { pointer: { b: '3' } }],
  ['empty pointer sections replace', '{pointer: {a: "1"}}', '{pointer: {}}', { pointer: {} }],
  ['a field of a group removes the others', '{name: x, local: {a: "1"}}', '{cluster: {}}', { name: 'x', cluster: {} }],
  ['other groups stay', '{local: {}, here: x}', '{there: y}', { local: {}, there: 'y' }],
  ['a group that the profile lacks stays', '{local: {a: "1"}}', '{name: x}', { local: { a: '1' }, name: 'x' }],
  ['a section replaces what is none', '{value: x}', '{value: {a: "1"}}', { value: { a: '1' } }],
])('%s', (_, base, profile, expected) => {
  const result = overlaid(base, profile);
  expect(plainJson(result)).toEqual(expected);
  expect(result.entries.map(({ key }) => key)).toEqual(Object.keys(expected));
});

it('keeps the positions of both', () => {
  const [name, on] = overlaid('name: x\non: true', 'on: false').entries;
  expect([name?.keyAt.start, on?.keyAt.start, on?.value.at.start]).toEqual([0, 0, 4]);
});

it('has the place of the profile if nothing of the configuration is left', () => {
  const placeOf = (base: string) => {
    const value = overlaid(`name: long name of the configuration\nvalue: ${base}`, 'value: {a: "2"}').entries[1]?.value;
    return value?.at.start;
  };
  expect(placeOf('{a: "1"}')).toBe(7);
  expect(placeOf('{b: "1"}')).toBe(44);
});

it('takes keys of prototypes as any other', () => {
  expect(plainJson(overlaid('{constructor: x}', '{toString: y}'))).toEqual({ constructor: 'x', toString: 'y' });
});
