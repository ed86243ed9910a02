import { expect, it } from 'vitest';
import { oneOf, quoted, visible } from './visible.ts';

it('escapes what a terminal would execute', () => {
  expect(visible('\u001b[2J\u0007a\nb\tc\u202ed\u0085')).toBe('\\u001b[2J\\u0007a\\nb\\tc\\u202ed\\u0085');
});

it('leaves text of any language alone', () => {
  expect(visible('Überprüfung 检查 🚀')).toBe('Überprüfung 检查 🚀');
});

it('quotes names, and shortens long ones', () => {
  expect(quoted('web')).toBe('`web`');
  expect(quoted('x'.repeat(1000))).toHaveLength(60);
});

it.each([
  [[], ''],
  [['a'], '`a`'],
  [['a', 'b'], '`a` or `b`'],
  [['a', 'b', 'c'], '`a`, `b` or `c`'],
])('lists %j as %j', (names, text) => {
  expect(oneOf(names)).toBe(text);
});

it('does not list hundreds', () => {
  expect(oneOf(Array.from({ length: 300 }, (_, i) => `n${i}`))).toContain('`n19` or one of 280 others');
});
