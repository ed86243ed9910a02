import { expect, test } from 'vitest';
import { namePattern } from './name-pattern.ts';

test.each([
  [undefined, 'web', true],
  ['', 'web', true],
  ['web', 'web', true],
  ['web', 'web-0', false],
  ['web*', 'web-5d4f-x2z', true],
  ['web-?', 'web-0', true],
  ['web-[0-2]', 'web-3', false],
  ['*', 'anything', true],
  ['we', 'web', false],
])('the pattern %j and the name %j', (pattern, name, matches) => {
  expect(namePattern(pattern)?.(name)).toBe(matches);
});

test('an invalid pattern is none', () => {
  expect(namePattern('web-[')).toBeUndefined();
});
