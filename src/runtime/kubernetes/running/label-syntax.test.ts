import { expect, test } from 'vitest';
import { labelProblem, namespaceProblem } from './label-syntax.ts';

test.each([
  ['app', 'web'],
  ['app', ''],
  ['app.kubernetes.io/name', 'web-1.2_3'],
  ['A', 'x'.repeat(63)],
  [`${'a'.repeat(253)}/b`, 'c'],
])('%s=%s is a label', (key, value) => {
  expect(labelProblem(key, value)).toBeUndefined();
});

test.each([
  ['a b', 'c', 'key'],
  ['a,b', 'c', 'key'],
  ['-a', 'c', 'key'],
  ['a/b/c', 'd', 'key'],
  ['a/', 'd', 'key'],
  ['x'.repeat(64), 'd', 'key'],
  ['Upper/a', 'd', 'prefix'],
  ['/a', 'd', 'prefix'],
  [`${'a'.repeat(254)}/b`, 'c', 'prefix'],
  ['a', 'b c', 'value'],
  ['a', 'b,c=d', 'value'],
  ['a', 'in (x)', 'value'],
  ['a', 'x'.repeat(64), 'value'],
])('%s=%s is not: the %3$s is wrong', (key, value, part) => {
  expect(labelProblem(key, value)).toMatch(new RegExp(`the ${part}`));
});

test.each([
  ['default', undefined],
  ['../secrets', 'it must be a DNS label'],
  ['', 'it must be a DNS label'],
  ['x'.repeat(64), 'it must be a DNS label'],
])('the namespace %j', (namespace, problem) => {
  expect(namespaceProblem(namespace)).toBe(problem);
});
