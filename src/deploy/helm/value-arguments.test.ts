import { describe, expect, it } from 'vitest';
import type { HelmRelease } from './helm-release.ts';
import { csvField, isPlainText, valueArguments } from './value-arguments.ts';

const release: HelmRelease = { name: 'web', chart: { path: '.' }, valuesFiles: [], values: [], fileValues: [] };
const argumentsOf = (given: Partial<HelmRelease>, folder = '/t') =>
  valueArguments({ ...release, ...given }, (name) => `${folder}/${name}`);

describe('the values of a release', () => {
  it.each([
    ['none', {}, [], {}],
    ['files', { valuesFiles: ['a.yaml', 'b.yaml'] }, ['--values', 'a.yaml', '--values', 'b.yaml'], {}],
    [
      'overrides, after all files',
      { valuesFiles: ['a.yaml'], overrides: { a: { b: [1] } } },
      ['--values', 'a.yaml', '--values', '/t/overrides.json'],
      { 'overrides.json': '{"a":{"b":[1]}}' },
    ],
    [
      'numbers, booleans and lists as arguments',
      { values: ['1', 'true', '{a,b}', 'null', 'a\\,b', ''].map((value) => ({ key: 'k', value })) },
      ['--set', 'k=1', '--set', 'k=true', '--set', 'k={a,b}', '--set', 'k=null', '--set', 'k=a\\,b', '--set', 'k='],
      {},
    ],
    [
      'texts in files, since a value may be a secret',
      {
        values: [
          { key: 'a', value: '1' },
          { key: 'b[0].c', value: 'se=cret' },
        ],
      },
      ['--set', 'a=1', '--set-file', 'b[0].c=/t/value-1'],
      { 'value-1': 'se=cret' },
    ],
    ['contents of files', { fileValues: [{ key: 'a', value: 'b.txt' }] }, ['--set-file', 'a=b.txt'], {}],
  ])('%s', (_, given, args, files) => {
    expect(argumentsOf(given)).toEqual({ arguments: args, files });
  });

  it('come from files with commas in their names', () => {
    const given = {
      valuesFiles: ['a,"b.yaml'],
      overrides: {},
      values: [{ key: 'a', value: 'x' }],
      fileValues: [{ key: 'b', value: 'c,d' }],
    };
    expect(argumentsOf(given, '/t,u').arguments).toEqual([
      ...['--values', '"a,""b.yaml"', '--values', '"/t,u/overrides.json"'],
      ...['--set-file', 'a=/t\\,u/value-0', '--set-file', 'b=c\\,d'],
    ]);
  });
});

it.each([
  ['a', true],
  ['a b: c', true],
  ['localhost/web:1@sha256:ab', true],
  ['line\nline', true],
  ['{', false],
  ['a{', true],
  ['1.5', true],
  ['-1', false],
  ['TRUE', false],
  ['Null', false],
  ['nullable', true],
])('%j is a text for --set: %s', (value, expected) => {
  expect(isPlainText(value)).toBe(expected);
});

it.each([
  ['a.yaml', 'a.yaml'],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
])('%s is %s in CSV', (text, expected) => {
  expect(csvField(text)).toBe(expected);
});
