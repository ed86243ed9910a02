import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locatedData, locatedYaml as located, plainJson as plain } from '../../../../test/rigs/located-yaml.ts';
import { patched, patchOperations, type Patch } from './patch.ts';

/** Returns the patched document, or the reason. */
function apply(document: string, patch: Omit<Patch, 'value'> & { readonly value?: string }): unknown {
  const { value, ...rest } = patch;
  const result = patched(located(document), { ...rest, ...(value !== undefined && { value: located(value) }) });
  return 'why' in result ? result : plain(result);
}

const document = '{a: {b: 1, c: [x, y]}, d: [{image: app, tag: "1"}, {image: web, tag: "1"}], e: text}';
const before = plain(located(document)) as Record<string, unknown>;
const items = (list: unknown) => ({ ...before, a: { b: 1, c: list } });

describe('patched', () => {
  it.each<[string, Parameters<typeof apply>[1], unknown]>([
    ['add a field', { op: 'add', path: '/a/z', value: '2' }, { ...before, a: { b: 1, c: ['x', 'y'], z: 2 } }],
    [
      'add a field that is there',
      { op: 'add', path: '/a/b', value: '[2]' },
      { ...before, a: { b: [2], c: ['x', 'y'] } },
    ],
    ['add at an index', { op: 'add', path: '/a/c/0', value: 'z' }, items(['z', 'x', 'y'])],
    ['add in the middle', { op: 'add', path: '/a/c/1', value: 'z' }, items(['x', 'z', 'y'])],
    ['add at the last index', { op: 'add', path: '/a/c/2', value: 'z' }, items(['x', 'y', 'z'])],
    ['add at the end', { op: 'add', path: '/a/c/-', value: 'z' }, items(['x', 'y', 'z'])],
    ['add without a value', { op: 'add', path: '/a/c/-' }, items(['x', 'y', null])],
    ['add to the root', { op: 'add', path: '/', value: '{e: 1, f: 2}' }, { ...before, e: 1, f: 2 }],
    ['add with an empty key', { op: 'add', path: '/a/', value: '{b: 2}' }, { ...before, a: { b: 2, c: ['x', 'y'] } }],
    ['remove a field', { op: 'remove', path: '/a' }, { d: before['d'], e: 'text' }],
    ['remove an item', { op: 'remove', path: '/a/c/0' }, items(['y'])],
    ['remove the last item', { op: 'remove', path: '/a/c/1' }, items(['x'])],
    ['replace a field', { op: 'replace', path: '/a', value: 'z' }, { ...before, a: 'z' }],
    ['replace an item', { op: 'replace', path: '/a/c/1', value: '{q: 1}' }, items(['x', { q: 1 }])],
    ['replace at a padded index', { op: 'replace', path: '/a/c/01', value: 'z' }, items(['x', 'z'])],
    [
      'replace below an item',
      { op: 'replace', path: '/d/1/tag', value: 'z' },
      {
        ...before,
        d: [
          { image: 'app', tag: '1' },
          { image: 'web', tag: 'z' },
        ],
      },
    ],
    ['replace without a value', { op: 'replace', path: '/e' }, { ...before, e: null }],
    ['move a field', { op: 'move', from: '/e', path: '/a/b' }, { a: { b: 'text', c: ['x', 'y'] }, d: before['d'] }],
    ['move over an item', { op: 'move', from: '/a/b', path: '/a/c/0' }, { ...before, a: { c: [1, 'y'] } }],
    ['move after the removal', { op: 'move', from: '/a/c/0', path: '/a/c/1' }, items(['y', 'x'])],
    ['copy a field', { op: 'copy', from: '/a/c', path: '/e' }, { ...before, e: ['x', 'y'] }],
    ['copy over an item', { op: 'copy', from: '/e', path: '/a/c/0' }, items(['text', 'y'])],
    ['copy after the last item', { op: 'copy', from: '/e', path: '/a/c/2' }, items(['x', 'y', 'text'])],
    ['copy a map to the root', { op: 'copy', from: '/d/0', path: '/' }, { ...before, image: 'app', tag: '1' }],
    ['test a scalar', { op: 'test', path: '/a/b', value: '1' }, before],
    ['test a list', { op: 'test', path: '/a/c', value: '[x, y]' }, before],
    ['test a map in any order', { op: 'test', path: '/d/0', value: '{tag: "1", image: app}' }, before],
    ['test an absent field', { op: 'test', path: '/a/z' }, before],
  ])('can %s', (_, patch, expected) => {
    expect(apply(document, patch)).toEqual(expected);
  });

  it('reads ~1 as a slash and ~0 as a tilde', () => {
    expect(apply('{a/b: 1, c~d: 2, "~1": 3}', { op: 'remove', path: '/a~1b' })).toEqual({ 'c~d': 2, '~1': 3 });
    expect(apply('{a/b: 1, c~d: 2, "~1": 3}', { op: 'remove', path: '/c~0d' })).toEqual({ 'a/b': 1, '~1': 3 });
    expect(apply('{a/b: 1, c~d: 2, "~1": 3}', { op: 'remove', path: '/~01' })).toEqual({ 'a/b': 1, 'c~d': 2 });
  });

  const tagged = (app: unknown, web: unknown) => ({
    ...before,
    d: [
      { image: 'app', tag: app },
      { image: 'web', tag: web },
    ],
  });
  it.each<[string, Parameters<typeof apply>[1], unknown]>([
    ['one item', { op: 'replace', path: '/d/image=web/tag', value: '"2"' }, tagged('1', '2')],
    ['every item', { op: 'replace', path: '/d/tag=1/tag', value: '"2"' }, tagged('2', '2')],
    ['items at any depth', { op: 'replace', path: '/image=app/tag', value: '"2"' }, tagged('2', '1')],
    ['items to remove, from the last', { op: 'remove', path: '/d/tag=1' }, { ...before, d: [] }],
    [
      'items to insert before',
      { op: 'add', path: '/d/tag=1', value: 'z' },
      { ...before, d: ['z', { image: 'app', tag: '1' }, 'z', { image: 'web', tag: '1' }] },
    ],
    [
      'items that get a field',
      { op: 'add', path: '/d/image=app/new', value: 'z' },
      {
        ...before,
        d: [
          { image: 'app', tag: '1', new: 'z' },
          { image: 'web', tag: '1' },
        ],
      },
    ],
    ['no number', { op: 'remove', path: '/a/b=1' }, { why: 'nothing matches it' }],
    ['no item', { op: 'remove', path: '/d/image=db' }, { why: 'nothing matches it' }],
    ['nothing below a missing field', { op: 'replace', path: '/z/image=app/tag' }, { why: 'nothing matches it' }],
  ])('finds by key=value: %s', (_, patch, expected) => {
    expect(apply(document, patch)).toEqual(expected);
  });

  it('does not search inside of a match', () => {
    const nested = '{a: {k: v, b: {k: v}}}';
    expect(apply(nested, { op: 'add', path: '/k=v/new', value: '1' })).toEqual({
      a: { k: 'v', b: { k: 'v' }, new: 1 },
    });
  });

  it('takes a token with two equal signs as a key', () => {
    expect(apply('{"a=b=c": 1}', { op: 'remove', path: '/a=b=c' })).toEqual({});
  });

  it.each<[Parameters<typeof apply>[1], string]>([
    [{ op: 'replace', path: '/z', value: '1' }, 'there is no field "z"'],
    [{ op: 'replace', path: '/', value: '{}' }, 'there is no field ""'],
    [{ op: 'replace', path: '', value: '{}' }, 'it does not start with "/"'],
    [{ op: 'add', path: 'a/z', value: '{}' }, 'it does not start with "/"'],
    [{ op: 'replace', path: '/a/c/2', value: '1' }, 'the list has only 2 items'],
    [{ op: 'replace', path: '/a/c/-', value: '1' }, '"-" is no index of a list'],
    [{ op: 'replace', path: '/a/c/-1', value: '1' }, '"-1" is no index of a list'],
    [{ op: 'replace', path: '/a/c/0/z', value: '1' }, '"z" is below a value that is neither a map nor a list'],
    [{ op: 'remove', path: '/z' }, 'there is no field "z"'],
    [{ op: 'remove', path: '/z/y' }, 'there is no field "z"'],
    [{ op: 'remove', path: '/a/c/7/x' }, 'the list has only 2 items'],
    [{ op: 'remove', path: 'a/b' }, 'it does not start with "/"'],
    [{ op: 'remove', path: '/a/c/2' }, 'the list has only 2 items'],
    [{ op: 'remove', path: '/e/z' }, '"z" is below a value that is neither a map nor a list'],
    [{ op: 'remove', path: '/e/z/y' }, '"z" is below a value that is neither a map nor a list'],
    [{ op: 'add', path: '/z/y', value: '1' }, 'there is no field "z"'],
    [{ op: 'add', path: '/a/c/3', value: '1' }, 'the list has only 2 items'],
    [{ op: 'add', path: '/a/c/z', value: '1' }, '"z" is no index of a list'],
    [{ op: 'add', path: '/e/z', value: '1' }, '"z" is below a value that is neither a map nor a list'],
    [{ op: 'add', path: '/', value: '[1]' }, 'only a map can be added without a key'],
    [{ op: 'move', path: '/z' }, '`from` is missing'],
    [{ op: 'move', path: '/z', from: '/y' }, '`from`: there is no field "y"'],
    [{ op: 'move', path: '/a/c/-', from: '/e' }, '"-" is no index of a list'],
    [{ op: 'move', path: '/a/c/z', from: '/a' }, 'there is no field "a"'],
    [{ op: 'copy', path: '/z', from: 'e' }, '`from`: it does not start with "/"'],
    [{ op: 'copy', path: '/a/c/3', from: '/e' }, 'the list has only 2 items'],
    [{ op: 'test', path: '/a/b', value: '"1"' }, 'it has another value'],
    [{ op: 'test', path: '/a/c', value: '[x]' }, 'it has another value'],
    [{ op: 'test', path: '/a/c', value: '[x, z]' }, 'it has another value'],
    [{ op: 'test', path: '/d/0', value: '{image: app}' }, 'it has another value'],
    [{ op: 'test', path: '/d/0', value: '{image: app, z: "1"}' }, 'it has another value'],
    [{ op: 'test', path: '/a', value: '[]' }, 'it has another value'],
    [{ op: 'test', path: '/a/z', value: '1' }, 'it has another value'],
    [{ op: 'test', path: '/z/y' }, 'there is no field "z"'],
  ])('refuses %j', (patch, why) => {
    expect(apply(document, patch)).toEqual({ why });
  });

  it('names one item in the singular', () => {
    expect(apply('{a: [1]}', { op: 'remove', path: '/a/1' })).toEqual({ why: 'the list has only 1 item' });
  });

  it('keeps the positions of the file', () => {
    const root = located('a: [x]\nb: y\n');
    const result = patched(root, { op: 'copy', from: '/b', path: '/a/0' });
    const [a] = 'why' in result || result.kind !== 'map' ? [] : result.entries;
    expect(a?.value.kind === 'list' && a.value.items[0]?.at.start).toBe(10);
    expect(a?.keyAt.start).toBe(0);
  });

  it('never throws and never changes its input', () => {
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('a', 'b', 1, true, null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', '0', '', '__proto__', 'a/b', 'constructor'), tie('value'), {
          maxKeys: 3,
        }),
      ),
    }));
    const token = fc.constantFrom('a', 'b', '0', '1', '-', '', 'a=b', 'a=a', '__proto__', 'a~1b', 'constructor', '=');
    const path = fc.oneof(
      fc.array(token, { maxLength: 4 }).map((tokens) => tokens.map((one) => `/${one}`).join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(
        value,
        fc.constantFrom(...patchOperations),
        path,
        fc.option(path),
        fc.option(value),
        (root, op, at, from, put) => {
          const input = locatedData(root);
          const copy = JSON.stringify(plain(input));
          const result = patched(input, {
            ...{ op, path: at },
            ...(from !== null && { from }),
            ...(put !== null && { value: locatedData(put) }),
          });
          expect(JSON.stringify(plain(input))).toBe(copy);
          if ('why' in result) expect(result.why).not.toBe('');
          else expect(() => plain(result)).not.toThrow();
        },
      ),
    );
  });
});
