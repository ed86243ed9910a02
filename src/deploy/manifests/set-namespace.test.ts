import { expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { setNamespace } from './set-namespace.ts';

function namespaceOf(apiVersion: string, kind: string, own?: string, others: readonly KubernetesObject[] = []) {
  const object = { apiVersion, kind, metadata: { name: 'a', ...(own !== undefined && { namespace: own }) } };
  const [manifest] = setNamespace(
    [object, ...others].map((each) => ({ object: each, source: 'a.yaml' })),
    'team',
  );
  return manifest?.object.metadata.namespace;
}

it.each([
  ['v1', 'Pod', undefined, 'team'],
  ['v1', 'Pod', '', 'team'],
  ['v1', 'Pod', 'own', 'own'],
  ['v1', 'ConfigMap', undefined, 'team'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', undefined, 'team'],
  ['example.com/v1', 'Worker', undefined, 'team'],
  // A kind of another group has the name of a built-in one.
  ['example.com/v1', 'Namespace', undefined, 'team'],
  ['v1', 'Namespace', undefined, undefined],
  ['v1', 'Node', undefined, undefined],
  ['v1', 'PersistentVolume', undefined, undefined],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', undefined, undefined],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', undefined, undefined],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', undefined, undefined],
  ['storage.k8s.io/v1', 'StorageClass', undefined, undefined],
  ['networking.k8s.io/v1', 'IngressClass', undefined, undefined],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', undefined, undefined],
])('%s %s with namespace %j gets %j', (apiVersion, kind, own, expected) =>
  expect(namespaceOf(apiVersion, kind, own)).toBe(expected),
);

it.each([
  ['Cluster', undefined],
  ['Namespaced', 'team'],
])('asks a definition among the manifests: %s', (scope, expected) => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'workers.example.com' },
    spec: { group: 'example.com', scope, names: { kind: 'Worker' } },
  };
  expect(namespaceOf('example.com/v1', 'Worker', undefined, [definition])).toBe(expected);
});
