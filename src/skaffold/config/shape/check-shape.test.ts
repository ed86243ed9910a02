import { describe, expect, it } from 'vitest';
import { locatedYaml, plainJson } from '../../../../test/rigs/located-yaml.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { checkShape } from './check-shape.ts';
import {
  any,
  boolean,
  flatMap,
  integer,
  listOf,
  mapOf,
  text,
  textOrNull,
  typed,
  type Field,
  type TypeShapes,
} from './shape.ts';

const both = (name: string, shape: Field['shape']): Readonly<Record<string, Field>> => ({
  [name]: { shape },
  [`${name}Kept`]: { shape, keepsZero: true },
});

const types: TypeShapes = {
  Root: {
    label: 'a root',
    fields: {
      ...both('text', text),
      ...both('nullable', textOrNull),
      ...both('boolean', boolean),
      ...both('integer', integer),
      ...both('list', listOf(text)),
      ...both('map', mapOf(text)),
      ...both('flat', flatMap),
      ...both('section', typed('Section')),
      ...both('any', any),
      lists: { shape: listOf(listOf(integer)) },
      booleans: { shape: listOf(boolean) },
      sections: { shape: listOf(typed('Section')) },
      anys: { shape: listOf(any) },
      sectionMap: { shape: mapOf(typed('Section')) },
      nullableMap: { shape: mapOf(textOrNull) },
      numbers: { shape: mapOf(integer) },
    },
  },
  Section: { label: 'a section', fields: { a: { shape: text }, b: { shape: integer } } },
};

function checked(yaml: string) {
  const found: Diagnostic[] = [];
  const value = plainJson(checkShape(locatedYaml(yaml), 'Root', types, (one) => found.push(one)));
  return { value, found: found.map(({ code, message, place }) => [code, message, place?.line, place?.column]) };
}

describe('checkShape keeps', () => {
  it.each<readonly [string, unknown]>([
    ['text: x', { text: 'x' }],
    ['text: 1.20', { text: '1.20' }],
    ['text: 0x1F', { text: '0x1F' }],
    ['text: true', { text: 'true' }],
    ['text: yes', { text: 'yes' }],
    ['nullable: ""', {}],
    ['nullable: ~', { nullable: null }],
    ['boolean: true', { boolean: true }],
    ['boolean: True', { boolean: true }],
    ...['y', 'Y', 'yes', 'on'].map((word) => [`boolean: ${word}`, { boolean: true }] as const),
    ...['n', 'N', 'no', 'off'].map((word) => [`booleanKept: ${word}`, { booleanKept: false }] as const),
    ['boolean: "yes"', { boolean: true }],
    ['integer: 7', { integer: 7 }],
    ['integer: -7', { integer: -7 }],
    ['integer: 0x1F', { integer: 31 }],
    ['integer: 7.9', { integer: 7 }],
    ['integer: -7.9', { integer: -7 }],
    ['list: [1, x, true]', { list: ['1', 'x', 'true'] }],
    ['list: [~, x]', { list: ['', 'x'] }],
    ['lists: [[1], ~]', { lists: [[1], []] }],
    ['booleans: [~, true]', { booleans: [false, true] }],
    ['numbers: {a: ~, b: 1}', { numbers: { a: 0, b: 1 } }],
    ['map: {a: 1, b: ""}', { map: { a: '1', b: '' } }],
    ['map: {a: ~}', { map: { a: '' } }],
    ['nullableMap: {a: ~, b: 1}', { nullableMap: { a: null, b: '1' } }],
    ['sections: [{a: x, b: 0}, ~]', { sections: [{ a: 'x' }, {}] }],
    ['sectionMap: {a: {b: 1}, b: ~}', { sectionMap: { a: { b: 1 }, b: {} } }],
    ['any: {a: [1, "1", ~]}', { any: { a: [1, '1', null] } }],
    ['anys: [~, 1.5]', { anys: [null, 1.5] }],
  ])('%s', (yaml, value) => {
    expect(checked(yaml)).toEqual({ value, found: [] });
  });

  it('booleans with the text that Go prints', () => {
    const { entries } = checkShape(locatedYaml('{boolean: TRUE, booleanKept: No}'), 'Root', types, () => {});
    expect(entries.map(({ value }) => value.kind === 'scalar' && value.text)).toEqual(['true']);
    const [kept] = checkShape(locatedYaml('booleanKept: False'), 'Root', types, () => {}).entries;
    expect(kept?.value).toMatchObject({ value: false, text: 'false' });
  });
});

describe('checkShape and zero values', () => {
  it.each([
    ['text', '""', ''],
    ['boolean', 'false', false],
    ['integer', '0', 0],
    ['list', '[]', []],
    ['map', '{}', {}],
    ['flat', '{}', {}],
    ['section', '{}', {}],
    ['section', '{a: ""}', {}],
    ['any', '""', ''],
    ['any', '0', 0],
    ['any', '{}', {}],
  ])('drops %s: %s, and keeps it in a pointer', (name, yaml, value) => {
    expect(checked(`${name}: ${yaml}`)).toEqual({ value: {}, found: [] });
    expect(checked(`${name}Kept: ${yaml}`)).toEqual({ value: { [`${name}Kept`]: value }, found: [] });
  });

  it.each(['text', 'boolean', 'integer', 'list', 'map', 'flat', 'section'])(
    'drops null, also in a pointer: %s',
    (name) => {
      expect(checked(`{${name}: ~, ${name}Kept: }`)).toEqual({ value: {}, found: [] });
    },
  );

  it('keeps a list of zero values', () => {
    expect(checked('{list: [""], sections: [{}], lists: [[]]}').value).toEqual({
      list: [''],
      sections: [{}],
      lists: [[]],
    });
  });
});

describe('checkShape and flat maps', () => {
  it.each([
    ['{a: {b: {c: x}}, d: y}', { 'a.b.c': 'x', d: 'y' }],
    ['{a.b: x}', { 'a.b': 'x' }],
    ['{a: [x, {b: y}, [z]]}', { 'a[0]': 'x', 'a[1].b': 'y', 'a[2][0]': 'z' }],
    [
      '{a: 1, b: 1.50, c: TRUE, d: ~, e: "1.50", f: 0x10}',
      { a: '1', b: '1.5', c: 'true', d: 'null', e: '1.50', f: '16' },
    ],
    ['{a: 12345678901234567890}', { a: '12345678901234567890' }],
    ['{a: {}, b: []}', {}],
  ])('%s', (yaml, value) => {
    expect(checked(`flatKept: ${yaml}`)).toEqual({ value: { flatKept: value }, found: [] });
  });

  it('joined keys take the position of their last key', () => {
    const [flat] = checkShape(locatedYaml('flat:\n  a:\n    b: x\n'), 'Root', types, () => {}).entries;
    const [entry] = flat?.value.kind === 'map' ? flat.value.entries : [];
    expect([entry?.keyAt.start, entry?.value.at.start]).toEqual([15, 18]);
  });
});

describe('checkShape reports', () => {
  it.each([
    ['text: [x]', 'W011', '`text` must be a string, but is a list', 7],
    ['text: {a: 1}', 'W011', '`text` must be a string, but is a map', 7],
    ['boolean: maybe', 'W011', '`boolean` must be a boolean, but is a string', 10],
    ['boolean: "true"', 'W011', '`boolean` must be a boolean, but is a string', 10],
    ['boolean: 1', 'W011', '`boolean` must be a boolean, but is an integer', 10],
    ['boolean: yEs', 'W011', '`boolean` must be a boolean, but is a string', 10],
    ['boolean: [x]', 'W011', '`boolean` must be a boolean, but is a list', 10],
    ['integer: x', 'W011', '`integer` must be an integer, but is a string', 10],
    ['integer: "7"', 'W011', '`integer` must be an integer, but is a string', 10],
    ['integer: [7]', 'W011', '`integer` must be an integer, but is a list', 10],
    ['list: x', 'W011', '`list` must be a list, but is a string', 7],
    ['list: [x, [y]]', 'W011', '`list` item 2 must be a string, but is a list', 11],
    ['map: [x]', 'W011', '`map` must be a map, but is a list', 6],
    ['map: {a: [x]}', 'W011', '`a` must be a string, but is a list', 10],
    ['flat: x', 'W011', '`flat` must be a map, but is a string', 7],
    ['section: x', 'W011', '`section` must be a map, but is a string', 10],
    ['sections: [x]', 'W011', '`sections` item 1 must be a map, but is a string', 12],
    ['[]', 'W011', 'the configuration must be a map, but is a list', 1],
    ['txet: x', 'W012', 'unknown field `txet` in a root, did you mean `text`?', 1],
    ['section: {c: 1}', 'W012', 'unknown field `c` in a section', 11],
    ['constructor: x', 'W012', 'unknown field `constructor` in a root', 1],
    ['__proto__: x', 'W012', 'unknown field `__proto__` in a root', 1],
    ['section: {__proto__: {a: x}}', 'W012', 'unknown field `__proto__` in a section', 11],
  ])('%s', (yaml, code, message, column) => {
    expect(checked(yaml).found).toEqual([[code, expect.stringContaining(message), 1, column]]);
  });

  it('every mistake at once, and keeps the rest', () => {
    const { value, found } = checked('text: ok\nlist: x\nsection:\n  a: [1]\n  b: 2\nunknown: 1\n');
    expect(value).toEqual({ text: 'ok', section: { b: 2 } });
    expect(found.map(([code, , line]) => [code, line])).toEqual([
      ['W011', 2],
      ['W011', 4],
      ['W012', 6],
    ]);
  });

  it('keys of prototypes in maps as any other key', () => {
    const { entries } = checkShape(locatedYaml('map: {__proto__: a, constructor: b}'), 'Root', types, () => {});
    const [map] = entries;
    expect(map?.value.kind === 'map' && map.value.entries.map(({ key }) => key)).toEqual(['__proto__', 'constructor']);
  });

  it('unknown fields to its caller', () => {
    const seen: unknown[] = [];
    const document = locatedYaml('section: {c: 1}');
    checkShape(
      document,
      'Root',
      types,
      () => expect.fail(),
      ({ key }, { label }, name) => seen.push([key, label, name]),
    );
    expect(seen).toEqual([['c', 'a section', 'Section']]);
  });
});
