import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { identityOf, objectChanges, type ReleasedObject } from './released-objects.ts';

function released(name: string, data: string, more: Partial<KubernetesObject['metadata']> = {}): ReleasedObject {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data: { data } };
  return { manifest: { object, source: 'release web' }, identity: identityOf(object, 'n') };
}

it('each object of a release has its own change', () => {
  const keep = { annotations: { 'helm.sh/resource-policy': 'keep' } };
  const before = [released('same', '1'), released('changed', '1'), released('gone', '1'), released('kept', '1', keep)];
  const after = [released('new', '1'), released('changed', '2'), released('same', '1')];
  const changes = objectChanges(before, after, 'why');
  expect(changes.map(({ name, change, reason }) => [name, change, reason])).toEqual([
    ['new', 'created', 'why'],
    ['changed', 'changed', 'why'],
    ['same', 'unchanged', undefined],
    ['gone', 'removed', 'why'],
  ]);
});

describe('the identity of an object', () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } };
  it.each([
    ['has its own namespace', { ...role, metadata: { name: 'a', namespace: 'own' } }, 'n', { namespace: 'own' }],
    ['or that of the release', role, 'n', { namespace: 'n' }],
    ['or none', role, undefined, {}],
  ])('%s', (_, object, namespace, expected) => {
    const { apiVersion, kind } = role;
    expect(identityOf(object, namespace)).toEqual({ apiVersion, kind, name: 'a', ...expected });
  });
});
