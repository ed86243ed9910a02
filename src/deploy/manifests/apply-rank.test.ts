import { expect, it } from 'vitest';
import { applyRank } from './apply-rank.ts';

/** The rank of `v1/Pod` or `apps/v1/Deployment`. */
function rankOf(type: string): number {
  const at = type.lastIndexOf('/');
  return applyRank({ apiVersion: type.slice(0, at), kind: type.slice(at + 1) });
}

const ordered = [
  'v1/Namespace',
  'v1/ResourceQuota',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'rbac.authorization.k8s.io/v1/Role',
  'rbac.authorization.k8s.io/v1/RoleBinding',
  'v1/Service',
  'apps/v1/Deployment',
  'networking.k8s.io/v1/Ingress',
  'example.com/v1/Worker',
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration',
];

it('applies what others need first', () =>
  expect([...ordered].reverse().sort((a, b) => rankOf(a) - rankOf(b))).toEqual(ordered));

it.each([
  ['rbac.authorization.k8s.io/v1/ClusterRole', 'rbac.authorization.k8s.io/v1/ClusterRoleBinding'],
  ['v1/ServiceAccount', 'v1/Pod'],
  ['v1/Secret', 'v1/Pod'],
  ['v1/PersistentVolumeClaim', 'v1/Pod'],
  ['storage.k8s.io/v1/StorageClass', 'v1/PersistentVolumeClaim'],
  ['networking.k8s.io/v1/NetworkPolicy', 'v1/Pod'],
  ['networking.k8s.io/v1/IngressClass', 'networking.k8s.io/v1/Ingress'],
])('applies %s before %s', (first, second) => expect(rankOf(first)).toBeLessThan(rankOf(second)));

it.each([
  ['v1/Secret', 'v1/ConfigMap', 'v1/PersistentVolumeClaim'],
  ['batch/v1/Job', 'apps/v1/Deployment', 'v1/Pod'],
  ['example.com/v1/Namespace', 'example.com/v1/Worker', 'serving.knative.dev/v1/Service'],
])('applies %s, %s and %s together', (...types) => expect(new Set(types.map(rankOf)).size).toBe(1));
