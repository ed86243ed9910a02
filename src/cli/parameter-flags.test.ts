import { expect, test } from 'vitest';
import { parametersIn } from './parameter-flags.ts';

test.each([
  ['a=1', { a: '1' }],
  ['a=1,b=2', { a: '1', b: '2' }],
  ['a=', { a: '' }],
  ['a=b=c', { a: 'b=c' }],
  ['hosts=[a, b],n=2', { hosts: '[a, b]', n: '2' }],
  ['a=x,y', { a: 'x,y' }],
  ['image.tag=v1,servers[0].port=80', { 'image.tag': 'v1', 'servers[0].port': '80' }],
  ['a=two\nlines', { a: 'two\nlines' }],
])('%j', (text, expected) => {
  expect(parametersIn(text, '--set')).toEqual(expected);
});

test.each(['a', '', '=1', '${a}=1'])('%j is refused', (text) => {
  expect(() => parametersIn(text, '--set')).toThrow(/^--set .*: write NAME=VALUE$/);
});
