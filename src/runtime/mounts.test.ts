import { expect, test } from 'vitest';
import { argumentText, placeOf } from './mounts.ts';

const mounts = [
  { volume: 'workspace', path: '/mnt/repo/' },
  { volume: 'cache', path: '/mnt/repo/.cache' },
];

test.each([
  ['/mnt/repo', { volume: 'workspace', path: '' }],
  ['/mnt/repo/', { volume: 'workspace', path: '' }],
  ['/mnt/repo/a/b', { volume: 'workspace', path: 'a/b' }],
  ['/mnt/repo/a/../b', { volume: 'workspace', path: 'b' }],
  ['/mnt/repo/.cache', { volume: 'cache', path: '' }],
  ['/mnt/repo/.cache/x', { volume: 'cache', path: 'x' }],
  ['/mnt/repo/.cached', { volume: 'workspace', path: '.cached' }],
  ['/mnt/repository', undefined],
  ['/mnt/repo/../secret', undefined],
  ['/etc/passwd', undefined],
])('%s', (path, place) => {
  expect(placeOf(path, mounts)).toEqual(place);
});

test('a volume at the root', () => {
  expect(placeOf('/etc/passwd', [{ volume: 'all', path: '/' }])).toEqual({ volume: 'all', path: 'etc/passwd' });
});

test('arguments', () => {
  const rootOf = (volume: string) => `/volumes/${volume}`;
  expect(argumentText('as it is', rootOf)).toBe('as it is');
  expect(argumentText({ volume: 'v', path: 'a b' }, rootOf)).toBe('/volumes/v/a b');
  expect(argumentText({ volume: 'v', path: '' }, rootOf)).toBe('/volumes/v');
  expect(argumentText({ volume: 'v', path: 'a', before: 'key=' }, rootOf)).toBe('key=/volumes/v/a');
});
