import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { currentContext } from './current-context.ts';

const it = test.extend<{ home: string; config: (text: string, name?: string) => string }>({
  home: async ({}, use) => {
    const home = fs.mkdtempSync(join(tmpdir(), 'slipway-context-'));
    await use(home);
    fs.rmSync(home, { recursive: true, force: true });
  },
  config: async ({ home }, use) => {
    await use((text, name = '.kube/config') => {
      fs.mkdirSync(join(home, '.kube'), { recursive: true });
      fs.writeFileSync(join(home, name), text);
      return join(home, name);
    });
  },
});

const dev =
  'current-context: dev\ncontexts: [{name: dev, context: {namespace: team}}, {name: prod, context: {namespace: live}}]\n';

it('is that of ~/.kube/config, even if its cluster is not described', async ({ home, config }) => {
  config(dev);
  expect(await currentContext({ env: {}, home })).toEqual({
    context: 'dev',
    namespace: 'team',
    known: ['dev', 'prod'],
  });
});

it('is that of the first file of KUBECONFIG that has one', async ({ home, config }) => {
  config(dev);
  const first = config('contexts: [{name: dev, context: {namespace: first}}]', 'first');
  const second = config('current-context: dev\ncontexts: [{name: dev, context: {namespace: second}}]', 'second');
  const env = { KUBECONFIG: `${join(home, 'none')}:${first}:${second}` };
  expect(await currentContext({ env, home })).toEqual({ context: 'dev', namespace: 'first', known: ['dev'] });
});

it.for<readonly [string, object]>([
  ['', {}],
  ['current-context: ""', {}],
  ['contexts: [{name: dev, context: {}}]', {}],
  ['current-context: dev', { context: 'dev' }],
  ['current-context: dev\ncontexts: [{name: dev, context: {}}]', { context: 'dev' }],
  ['current-context: dev\ncontexts: [{name: dev, context: {namespace: ""}}]', { context: 'dev' }],
  ['current-context: [dev', {}],
  ['- dev', {}],
])('of %j is %j', async ([text, expected], { home, config }) => {
  config(text);
  expect(await currentContext({ env: {}, home })).toMatchObject({ known: expect.any(Array) as unknown, ...expected });
});

it('is nothing without a kubeconfig', async ({ home }) => {
  expect(await currentContext({ env: {}, home })).toEqual({ known: [] });
  expect(await currentContext({ env: { KUBECONFIG: join(home, 'none') }, home })).toEqual({ known: [] });
});

it('may be replaced by another one', async ({ home, config }) => {
  expect(await currentContext({ env: {}, home }, 'prod')).toEqual({ context: 'prod', known: [] });
  config(dev);
  expect(await currentContext({ env: {}, home }, 'prod')).toEqual({
    context: 'prod',
    namespace: 'live',
    known: ['dev', 'prod'],
  });
  expect(await currentContext({ env: {}, home }, 'other')).toEqual({ context: 'other', known: ['dev', 'prod'] });
});
