import { expect, test } from 'vitest';
import { resolvePath } from './resolve-path.ts';

const links: Readonly<Record<string, string>> = {
  node_modules: 'deps',
  'web/modules': '../deps',
  out: '../elsewhere',
  absolute: '/usr/lib',
  a: 'b',
  b: 'a',
  here: '.',
  'deps/deep': './x/../y',
};

test.each<[string, unknown]>([
  ['.npm', { status: 'inside', path: '.npm' }],
  ['node_modules/.cache', { status: 'inside', path: 'deps/.cache' }],
  ['node_modules', { status: 'inside', path: 'deps' }],
  ['web/modules/x', { status: 'inside', path: 'deps/x' }],
  ['node_modules/deep/z', { status: 'inside', path: 'deps/y/z' }],
  ['here', { status: 'inside', path: '' }],
  ['out/x', { status: 'outside', link: 'out', target: '../elsewhere' }],
  ['absolute', { status: 'outside', link: 'absolute', target: '/usr/lib' }],
  ['a/x', { status: 'endless', link: 'a' }],
])('%s', async (path, expected) => {
  expect(await resolvePath(path, (at) => links[at])).toEqual(expected);
});
