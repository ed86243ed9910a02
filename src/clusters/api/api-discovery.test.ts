import { expect, test } from 'vitest';
import { EagerClock } from '../../../test/rigs/eager-clock.ts';
import { ApiError, ClusterLost } from './api-error.ts';
import { ApiDiscovery } from './api-discovery.ts';

const list = (...resources: readonly { name: string; kind: string; namespaced: boolean }[]) => ({ resources });
const deployments = { name: 'deployments', kind: 'Deployment', namespaced: true };
const group = (...versions: readonly string[]) => ({
  preferredVersion: { groupVersion: versions.at(-1) },
  versions: versions.map((groupVersion) => ({ groupVersion })),
});

/** An API that answers from a table. A function is called at each request. */
function discoveryOf(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const client = {
    json: async <T>(_: string, path: string): Promise<T> => {
      asked.push(path);
      const answer = answers[path];
      const value: unknown = await Promise.resolve(typeof answer === 'function' ? (answer as () => unknown)() : answer);
      if (value === undefined) throw new ApiError(404, 'HTTP 404: 404 page not found');
      return value as T;
    },
  };
  return { asked, discovery: new ApiDiscovery(client, new EagerClock(), new AbortController().signal) };
}

test('asks for each group and version once, all at once', async () => {
  const { asked, discovery } = discoveryOf({
    '/api/v1': list({ name: 'namespaces', kind: 'Namespace', namespaced: false }),
    '/apis/apps/v1': list({ ...deployments, name: 'deployments/status' }, deployments),
  });
  const found = await Promise.all([
    discovery.resourceOf({ apiVersion: 'v1', kind: 'Namespace' }),
    discovery.resourceOf({ apiVersion: 'apps/v1', kind: 'Deployment' }),
    discovery.resourceOf({ apiVersion: 'apps/v1', kind: 'Deploymint' }),
    discovery.resourceOf({ apiVersion: 'example.com/v1', kind: 'Foo' }),
  ]);
  expect(found).toEqual([
    { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', isNamespaced: false },
    { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', isNamespaced: true },
    undefined,
    undefined,
  ]);
  expect(asked).toEqual(['/api/v1', '/apis/apps/v1', '/apis/example.com/v1']);
});

test('asks again once a version is forgotten, and after an error', async () => {
  let resources: unknown = list();
  const { asked, discovery } = discoveryOf({ '/apis/example.com/v1': () => resources });
  const foo = { apiVersion: 'example.com/v1', kind: 'Foo' };
  expect(await discovery.resourceOf(foo)).toBeUndefined();
  resources = list({ name: 'foos', kind: 'Foo', namespaced: true });
  expect(await discovery.resourceOf(foo)).toBeUndefined();
  discovery.forget('example.com/v1');
  expect(await discovery.resourceOf(foo)).toMatchObject({ plural: 'foos' });
  expect(asked).toHaveLength(2);

  discovery.forget('example.com/v1');
  resources = undefined;
  const failing = discoveryOf({
    '/api/v1': () => {
      throw new ApiError(403, 'no', 'Forbidden');
    },
  });
  for (const count of [1, 2]) {
    await expect(failing.discovery.resourceOf({ apiVersion: 'v1', kind: 'Pod' })).rejects.toThrow('no');
    expect(failing.asked).toHaveLength(count);
  }
});

test('a connection that breaks is tried again', async () => {
  let tries = 0;
  const { discovery } = discoveryOf({
    '/apis/apps/v1': () => {
      if (++tries < 3) throw new ClusterLost('cut');
      return list(deployments);
    },
  });
  expect(await discovery.resourceOf({ apiVersion: 'apps/v1', kind: 'Deployment' })).toBeDefined();
});

test('finds a kind without its version: the preferred one, then others', async () => {
  const { discovery } = discoveryOf({
    '/api/v1': list({ name: 'configmaps', kind: 'ConfigMap', namespaced: true }),
    '/apis/a.example.com': group('a.example.com/v1', 'a.example.com/v2'),
    '/apis/a.example.com/v1': list({ name: 'foos', kind: 'Foo', namespaced: true }),
    '/apis/a.example.com/v2': list({ name: 'bars', kind: 'Bar', namespaced: false }),
  });
  expect(await discovery.preferredResource('ConfigMap')).toMatchObject({ apiVersion: 'v1' });
  expect(await discovery.preferredResource('Bar.a.example.com')).toMatchObject({ apiVersion: 'a.example.com/v2' });
  expect(await discovery.preferredResource('Foo.a.example.com')).toMatchObject({ apiVersion: 'a.example.com/v1' });
  expect(await discovery.preferredResource('Foo.b.example.com')).toBeUndefined();
});
