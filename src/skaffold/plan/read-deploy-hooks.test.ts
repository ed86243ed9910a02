import { expect, test } from 'vitest';
import { locatedYaml } from '../../../test/rigs/located-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readDeployHooks, readRenderHooks } from './read-deploy-hooks.ts';

function read(text: string, how: typeof readDeployHooks | typeof readRenderHooks = readDeployHooks) {
  const found: Diagnostic[] = [];
  const hooks = how(locatedYaml(text), (diagnostic) => void found.push(diagnostic));
  return { hooks, found: found.map(({ code, message }) => `${code} ${message}`) };
}

test('hooks of both kinds keep their order', () => {
  expect(
    read(
      'hooks: {after: [{container: {command: [a], podName: web-*}}, {host: {command: [b, c], os: [linux]}}, ' +
        '{container: {command: [d], podName: "", containerName: app}}]}',
    ),
  ).toEqual({
    hooks: {
      before: [],
      after: [
        { container: { command: ['a'], podName: 'web-*' } },
        { command: ['b', 'c'], os: ['linux'] },
        { container: { command: ['d'], containerName: 'app' } },
      ],
    },
    found: [],
  });
});

test.each([
  ['hooks: {before: [{}]}', ['S094 the hook has no `host` and no `container`']],
  ['hooks: {before: [{container: {command: []}}]}', ['S027 `command` is ``, but must be a program and its arguments']],
  [
    'hooks: {before: [{container: {command: [a], podName: "web-["}}]}',
    ['S027 `podName` is `web-[`, but must be a name or a pattern, such as web-*'],
  ],
])('reports what is wrong with %s', (text, messages) => {
  expect(read(text).found).toEqual(messages);
});

test('hooks of a render run on this machine only', () => {
  expect(read('hooks: {before: [{host: {command: [a]}}, {}]}', readRenderHooks)).toEqual({
    hooks: { before: [{ command: ['a'], os: [] }], after: [] },
    found: ['S094 the hook has no `host`'],
  });
});

test('no hooks', () => {
  expect(read('hooks: {after: []}').hooks).toBeUndefined();
});
