import { expect, test } from 'vitest';
import { hasEntry, parseStat, withDescendants } from './session.ts';

const stat = (command: string, state: string) =>
  `42 (${command}) ${state} 5 42 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 123456 0 0`;

test.each([
  ['sleep', 'S', { pid: 42, parent: 5, session: 7, startTime: '123456' }],
  ['a) S 9 9 9 (b', 'R', { pid: 42, parent: 5, session: 7, startTime: '123456' }],
  ['dead', 'Z', undefined],
  ['dead', 'X', undefined],
])('a process called "%s" in state %s', (command, state, expected) => {
  expect(parseStat(42, stat(command, state))).toEqual(expected);
});

test.each([
  ['A=1\0MARK=/x#1#\0B=2\0', true],
  ['MARK=/x#1#\0', true],
  ['MARK=/x#12#\0', false],
  ['OTHER_MARK=/x#1#\0', false],
  ['A=MARK=/x#1#\0', false],
  ['', false],
])('%j has it: %s', (block, expected) => {
  expect(hasEntry(Buffer.from(block), 'MARK=/x#1#')).toBe(expected);
});

test.each([
  [
    'children and their children, in any order',
    [2],
    [
      [4, 3],
      [3, 2],
      [2, 1],
      [5, 1],
    ],
    [2, 3, 4],
  ],
  [
    'none',
    [2],
    [
      [2, 1],
      [3, 1],
    ],
    [2],
  ],
  ['unknown parents', [], [[2, 1]], []],
])('descendants: %s', (_, members, parents, expected) => {
  const entries = parents.map(([pid = 0, parent = 0]) => ({ pid, parent, session: 0, startTime: '0' }));
  expect([...withDescendants(new Set(members), entries)].sort()).toEqual(expected);
});
