import { expect, test } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import { ApiError } from './api-error.ts';
import { listableKinds } from './listable-kinds.ts';

const verbs = ['create', 'delete', 'get', 'list', 'watch'];
const signal = new AbortController().signal;
const clientOf = (answers: Readonly<Record<string, unknown>>) => ({
  json: async <T>(_: string, path: string) => {
    const answer = answers[path];
    if (answer instanceof Error || answer === undefined) throw answer ?? new ApiError(404, 'not found');
    return await Promise.resolve(answer as T);
  },
});
const of = (name: string, kind: string, more: object = {}) => ({ name, kind, namespaced: true, verbs, ...more });

test('every kind that can be listed and deleted, once, in the preferred version', async () => {
  const client = clientOf({
    '/apis': {
      groups: [
        {
          name: 'example.com',
          preferredVersion: { groupVersion: 'example.com/v1' },
          versions: [{ groupVersion: 'example.com/v2' }, { groupVersion: 'example.com/v1' }],
        },
        { name: 'metrics.k8s.io', versions: [{ groupVersion: 'metrics.k8s.io/v1' }] },
        { name: 'broken.io', versions: [{ groupVersion: 'broken.io/v1' }] },
      ],
    },
    '/api/v1': {
      resources: [
        of('configmaps', 'ConfigMap'),
        of('pods/log', 'Pod'),
        of('bindings', 'Binding', { verbs: ['create'] }),
      ],
    },
    '/apis/example.com/v1': { resources: [of('foos', 'Foo', { namespaced: false })] },
    '/apis/example.com/v2': { resources: [of('foos', 'Foo'), of('bars', 'Bar')] },
    '/apis/metrics.k8s.io/v1': { resources: [of('pods', 'PodMetrics', { verbs: ['get', 'list'] })] },
    '/apis/broken.io/v1': new ApiError(403, 'no'),
  });
  expect(await listableKinds(client, systemClock, signal)).toEqual({
    resources: [
      { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', isNamespaced: true },
      { apiVersion: 'example.com/v1', kind: 'Foo', plural: 'foos', isNamespaced: false },
      { apiVersion: 'example.com/v2', kind: 'Bar', plural: 'bars', isNamespaced: true },
    ],
    unknown: ['broken.io/v1 (no)'],
  });
});

test('a cluster that does not tell its kinds', async () => {
  expect(await listableKinds(clientOf({ '/apis': new ApiError(403, 'no') }), systemClock, signal)).toEqual({
    resources: [],
    unknown: ['the kinds of the cluster (no)'],
  });
});
