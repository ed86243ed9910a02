import { expect, test } from 'vitest';
import { isPatch, mergePatch, type Json } from './merge-patch.ts';

// Examples of RFC 7396, Appendix A.
test.each<readonly [Json | undefined, Json, Json]>([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  ['a', { b: 1 }, { b: 1 }],
  [undefined, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j patched with %j is %j', (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected);
});

test('a key of the prototype is a field like others', () => {
  const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}') as Json);
  expect(Object.hasOwn(merged as object, '__proto__')).toBe(true);
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
});

test.each([
  ['', true],
  ['{"spec": {}}', true],
  ['[]', false],
  ['1', false],
  ['{spec}', false],
])('%j can be merged: %s', (text, expected) => {
  expect(isPatch(text)).toBe(expected);
});
