import { expect, it } from 'vitest';
import { planWatches } from './plan-watches.ts';
import { waitedKindOf } from './waited-kinds.ts';
import type { WaitedResource } from './waited-resource.ts';

function resource(apiVersion: string, kind: string, name: string, path: string, namespace?: string): WaitedResource {
  const waited = waitedKindOf({ apiVersion, kind });
  if (waited === undefined) throw new Error(`${kind} is not waited for`);
  const place = namespace === undefined ? {} : { namespace };
  return { object: { apiVersion, kind, name, change: 'created', ...place }, kind: waited, path, ...place };
}

const deployments = '/apis/apps/v1/namespaces/n/deployments';
const shown = (resources: readonly WaitedResource[]) =>
  planWatches(resources)
    .map(({ target, of, isNeeded }) =>
      `${of}${isNeeded ? '!' : ''} ${target.path} ${target.fieldSelector ?? ''}`.trim(),
    )
    .sort();

it('one watch for each type and namespace, not one for each object', () => {
  const resources = ['a', 'b', 'c'].map((name) => resource('apps/v1', 'Deployment', name, deployments, 'n'));
  expect(shown(resources)).toEqual([
    'events /api/v1/namespaces/n/events',
    'pods /api/v1/namespaces/n/pods',
    'replicaSets /apis/apps/v1/namespaces/n/replicasets',
    `resources! ${deployments}`,
  ]);
});

it('a single object of a type is watched alone', () => {
  expect(shown([resource('apps/v1', 'Deployment', 'a', deployments, 'n')])).toContain(
    `resources! ${deployments} metadata.name=a`,
  );
});

it('pods that are waited for, and those of a Job, are one watch', () => {
  const resources = [
    resource('v1', 'Pod', 'a', '/api/v1/namespaces/n/pods', 'n'),
    resource('batch/v1', 'Job', 'b', '/apis/batch/v1/namespaces/n/jobs', 'n'),
  ];
  expect(shown(resources)).toEqual([
    'events /api/v1/namespaces/n/events',
    'pods! /api/v1/namespaces/n/pods',
    'resources! /apis/batch/v1/namespaces/n/jobs metadata.name=b',
  ]);
});

it('custom resources and definitions have no pods', () => {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const resources = [
    resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'tables.example.com', definitions),
    resource('example.com/v1', 'Table', 't', '/apis/example.com/v1/namespaces/n/tables', 'n'),
  ];
  expect(shown(resources)).toEqual(
    [
      `resources! ${definitions} metadata.name=tables.example.com`,
      'resources! /apis/example.com/v1/namespaces/n/tables metadata.name=t',
    ].sort(),
  );
});
