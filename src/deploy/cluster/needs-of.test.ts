import { expect, test } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { definedKind, needsOf } from './needs-of.ts';

const pod = {
  serviceAccountName: 'account',
  volumes: [
    { name: 'a', configMap: { name: 'files' } },
    { name: 'b', secret: { secretName: 'keys' } },
    { name: 'c', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'd', projected: { sources: [{ secret: { name: 'other' } }, { configMap: { name: 'projected' } }] } },
  ],
  containers: [
    {
      name: 'c',
      envFrom: [{ configMapRef: { name: 'env' } }, { secretRef: { name: 'secret-env' } }],
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'one', key: 'k' } } }],
    },
  ],
};
const ofPod = [
  '/Namespace//n',
  ...['/ConfigMap/n/files', '/ConfigMap/n/projected', '/ConfigMap/n/env'],
  ...['/Secret/n/secret-env', '/Secret/n/one', '/Secret/n/keys', '/Secret/n/other'],
  '/PersistentVolumeClaim/n/data',
  '/ServiceAccount/n/account',
];
const object = (apiVersion: string, kind: string, more: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...more,
});

test.each<[KubernetesObject, string | undefined, readonly string[]]>([
  [object('v1', 'Pod', { spec: pod }), 'n', ofPod],
  [object('apps/v1', 'Deployment', { spec: { template: { spec: pod } } }), 'n', ofPod],
  [object('batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template: { spec: pod } } } } }), 'n', ofPod],
  [
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { kind: 'Role', name: 'r' } }),
    'n',
    ['/Namespace//n', 'rbac.authorization.k8s.io/Role/n/r'],
  ],
  [
    object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef: { kind: 'ClusterRole', name: 'r' } }),
    undefined,
    ['rbac.authorization.k8s.io/ClusterRole//r'],
  ],
  [object('v1', 'ConfigMap', { data: { configMap: 'x' } }), 'n', ['/Namespace//n']],
  [object('v1', 'Namespace', {}), undefined, []],
])('the needs of %o', (needing, namespace, expected) => {
  expect(needsOf(needing, namespace)).toEqual(expected);
});

test('the kind that a definition defines', () => {
  const spec = { group: 'example.com', names: { kind: 'Foo' } };
  expect(definedKind(object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec }))).toBe('example.com/Foo');
  expect(definedKind(object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}))).toBeUndefined();
});
