import { expect, it } from 'vitest';
import { parseRunReference } from './run-reference.ts';

const id = '01hf7yat01zw4we61ngh9r5k5h';

it.each([
  ['latest', { kind: 'latest' }],
  ['LATEST', { kind: 'latest' }],
  [id, { kind: 'id', id }],
  [` ${id.toUpperCase()} `, { kind: 'id', id }],
  [id.slice(0, 10), { kind: 'prefix', prefix: id.slice(0, 10) }],
  ['01hf', { kind: 'prefix', prefix: '01hf' }],
  ['01h', { kind: 'nothing' }],
  ['7', { kind: 'number', number: 7 }],
  ['#7', { kind: 'number', number: 7 }],
  ['007', { kind: 'number', number: 7 }],
  ['0172', { kind: 'number', number: 172, prefix: '0172' }],
  ['#0172', { kind: 'number', number: 172 }],
  ['0', { kind: 'number', number: 0 }],
  ['build', { kind: 'nothing' }],
  [`${id}0`, { kind: 'nothing' }],
  ['', { kind: 'nothing' }],
  ['#', { kind: 'nothing' }],
])('%j names a run as %j', (text, expected) => {
  expect(parseRunReference(text)).toEqual(expected);
});
