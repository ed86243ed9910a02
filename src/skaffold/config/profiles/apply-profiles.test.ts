import { describe, expect, it } from 'vitest';
import { locatedMap, plainJson } from '../../../../test/rigs/located-yaml.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { any, boolean, integer, listOf, rootType, text, typed, type TypeShapes } from '../shape/shape.ts';
import { applyProfiles, profileNames } from './apply-profiles.ts';

const types: TypeShapes = {
  [rootType]: {
    label: 'a configuration',
    fields: {
      apiVersion: { shape: text },
      build: { shape: typed('Build') },
      list: { shape: listOf(text) },
      profiles: { shape: any },
    },
  },
  Build: {
    label: 'the build section',
    fields: {
      image: { shape: text },
      jobs: { shape: integer },
      push: { shape: boolean },
      kept: { shape: text, keepsZero: true },
    },
  },
};

function applied(document: string, ...active: readonly string[]) {
  const found: Diagnostic[] = [];
  const value = plainJson(applyProfiles(locatedMap(document), active, types, (one) => found.push(one)));
  return { value, found: found.map(({ code, message, place }) => [code, message, place?.line, place?.column]) };
}

describe('applyProfiles', () => {
  it('removes the profiles', () => {
    expect(applied('{list: [a], profiles: [{name: p, list: [b]}]}')).toEqual({ value: { list: ['a'] }, found: [] });
  });

  it('lays sections over the configuration, without the fields of the profile itself', () => {
    const profile = '{name: p, activation: [], requiresAllActivations: true, patches: [], build: {jobs: 2}, list: [b]}';
    expect(applied(`{build: {image: x, jobs: 1}, list: [a], profiles: [${profile}]}`, 'p').value).toEqual({
      build: { image: 'x', jobs: 2 },
      list: ['b'],
    });
  });

  it('applies profiles in the given order, and none that the document lacks', () => {
    const document = '{profiles: [{name: p, build: {image: p}}, {name: q, build: {image: q, jobs: 1}}]}';
    expect(applied(document, 'p', 'q').value).toEqual({ build: { image: 'q', jobs: 1 } });
    expect(applied(document, 'q', 'r', 'p').value).toEqual({ build: { image: 'p', jobs: 1 } });
  });

  it('takes the last of two profiles with one name', () => {
    expect(applied('{profiles: [{name: p, list: [a]}, {name: p, list: [b]}]}', 'p').value).toEqual({ list: ['b'] });
  });

  it('applies patches one by one after the sections', () => {
    const patches =
      '[{path: /build/image, value: b}, {op: add, path: /list/-, value: b}, {op: copy, from: /build/image, path: /list/0}]';
    expect(applied(`{list: [a], profiles: [{name: p, build: {image: a}, patches: ${patches}}]}`, 'p')).toEqual({
      value: { build: { image: 'b' }, list: ['b', 'b'] },
      found: [],
    });
  });

  it('lets a later profile patch what an earlier one added', () => {
    const document = '{profiles: [{name: p, list: [a]}, {name: q, patches: [{path: /list/0, value: b}]}]}';
    expect(applied(document, 'p', 'q').value).toEqual({ list: ['b'] });
    expect(applied(document, 'q', 'p').found).toEqual([
      ['S011', 'profile `q` cannot replace `/list/0`: there is no field "list"', 1, 62],
    ]);
  });

  it('gives patched values the types of their fields', () => {
    const patches =
      '[{op: add, path: /build, value: {image: 1.50, jobs: 0, push: yes, kept: ""}}, {op: add, path: /list, value: [null]}]';
    expect(applied(`{profiles: [{name: p, patches: ${patches}}]}`, 'p').value).toEqual({
      build: { image: '1.50', push: true, kept: '' },
      list: [''],
    });
  });

  it('reports every patch that does not apply, and goes on', () => {
    const patches = [
      '  - {op: delete, path: /list}',
      '  - {op: remove, path: /build/image}',
      '  - {op: remove, path: /build/image/x}',
      '  - {op: add, path: /list/9, value: x}',
      '  - {path: /list/0, value: b}',
      '  - {op: add, path: /build, value: {imgae: x, jobs: many}}',
      '  - {value: x}',
    ];
    const document = ['list: [a]', 'profiles:', '- name: p', '  patches:', ...patches].join('\n');
    expect(applied(document, 'p')).toEqual({
      value: { list: ['b'] },
      found: [
        ['S012', 'unknown patch operation `delete`', 5, 10],
        ['S011', 'profile `p` cannot remove `/build/image`: there is no field "build"', 6, 24],
        ['S011', 'profile `p` cannot remove `/build/image/x`: there is no field "build"', 7, 24],
        ['S011', 'profile `p` cannot add `/list/9`: the list has only 1 item', 8, 21],
        ['S011', 'profile `p` cannot replace ``: it does not start with "/"', 11, 5],
        [
          'S015',
          'a patch adds the field `imgae` to the build section, which does not have it, did you mean `image`?',
          10,
          37,
        ],
        ['W011', expect.stringContaining('`jobs`'), 10, 53],
      ],
    });
  });

  it('helps only where a field is missing', () => {
    const found: Diagnostic[] = [];
    const patches = '[{path: /build/image, value: x}, {path: /list/7, value: x}, {op: copy, from: /x, path: /list}]';
    applyProfiles(locatedMap(`{list: [a], profiles: [{name: p, patches: ${patches}}]}`), ['p'], types, (one) =>
      found.push(one),
    );
    expect(found.map(({ help }) => help)).toEqual(['to add a new field, write `op: add`', undefined, undefined]);
  });
});

it('profileNames keeps the order of the file and leaves out profiles without a name', () => {
  expect(profileNames(locatedMap('{profiles: [{name: b}, {}, {name: a}]}'))).toEqual(['b', 'a']);
  expect(profileNames(locatedMap('{}'))).toEqual([]);
});
