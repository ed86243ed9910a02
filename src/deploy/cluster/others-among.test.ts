import { expect, test } from 'vitest';
import type { LiveMetadata, LiveObject } from './live-object.ts';
import { othersAmong } from './others-among.ts';

const object = (apiVersion: string, kind: string, metadata: Partial<LiveMetadata> = {}): LiveObject => ({
  resource: { apiVersion, kind, plural: 'x', isNamespaced: true },
  metadata: { name: 'a', namespace: 'n', uid: `${kind}-uid`, ...metadata },
});
const owned = (...uids: readonly string[]) => ({ ownerReferences: uids.map((uid) => ({ uid })) });
const by = (...managers: readonly string[]) => ({
  managedFields: managers.map((manager) => ({ manager, operation: 'Update' })),
});
const slice = (manager: string) =>
  object('discovery.k8s.io/v1', 'EndpointSlice', { labels: { 'endpointslice.kubernetes.io/managed-by': manager } });
const token = (manager: string) =>
  object('v1', 'Secret', { annotations: { 'kubernetes.io/service-account.name': 'default' }, ...by(manager) });
const serviceAccount = (name: string) => object('v1', 'ServiceAccount', { name });
const ours = { record: { name: 'slipway-a', namespace: 'n' }, removed: new Set(['removed']) };
const namesOf = (...objects: readonly LiveObject[]) => othersAmong(objects, ours).map(({ resource }) => resource.kind);

test.each<readonly [string, LiveObject]>([
  ['the account of every namespace', serviceAccount('default')],
  ['the certificates of every namespace', object('v1', 'ConfigMap', { name: 'kube-root-ca.crt' })],
  ['events', object('v1', 'Event')],
  ['events of the newer group', object('events.k8s.io/v1', 'Event')],
  ['leases', object('coordination.k8s.io/v1', 'Lease', by('controller'))],
  ['slices of the controller', slice('endpointslice-controller.k8s.io')],
  ['endpoints of the controller', object('v1', 'Endpoints', by('kube-controller-manager'))],
  ['the token that an old cluster made', token('kube-controller-manager')],
  ['the record of the set', object('v1', 'ConfigMap', { name: 'slipway-a' })],
  ['what was removed just now', object('v1', 'Service', { uid: 'removed' })],
  ['what a removed object owns', object('v1', 'Pod', owned('removed'))],
  ['what is being deleted', object('v1', 'Pod', { deletionTimestamp: 'now' })],
])('%s are not of others', (_, each) => {
  expect(namesOf(each)).toEqual([]);
});

test.each<readonly [string, LiveObject]>([
  ['a role', object('rbac.authorization.k8s.io/v1', 'Role')],
  ['a quota', object('v1', 'ResourceQuota')],
  ['an account', serviceAccount('robot')],
  ['a custom resource', object('example.com/v1', 'Foo')],
  ['a claim that a StatefulSet made', object('v1', 'PersistentVolumeClaim', by('kube-controller-manager'))],
  ['a slice that somebody wrote', slice('me')],
  ['endpoints that somebody wrote', object('v1', 'Endpoints', by('kubectl'))],
  ['endpoints that nobody knows', object('v1', 'Endpoints')],
  ['a token that somebody asked for', token('kubectl-create')],
  [
    'an object that only carries the label',
    object('v1', 'ConfigMap', { labels: { 'applyset.kubernetes.io/part-of': 'x' } }),
  ],
  ['the record of the same name elsewhere', object('v1', 'ConfigMap', { name: 'slipway-a', namespace: 'm' })],
  ['what a removed object and another one own', object('v1', 'Pod', owned('removed', 'other'))],
  ['what an unknown object owns', object('v1', 'Pod', owned('node'))],
])('%s is of others', (_, each) => {
  expect(namesOf(each)).toEqual([each.resource.kind]);
});

test('what leaves with its owner does not count, at any depth', () => {
  const set = object('apps/v1', 'ReplicaSet', owned('removed'));
  expect(namesOf(object('v1', 'Pod', owned('ReplicaSet-uid')), set)).toEqual([]);
});

test('an object is not named beside its owner, and once if two groups have it', () => {
  const pod = object('v1', 'Pod', owned('ReplicaSet-uid'));
  const set = object('apps/v1', 'ReplicaSet', owned('Deployment-uid'));
  const deployment = object('apps/v1', 'Deployment');
  const same = object('extensions/v1beta1', 'Deployment', { uid: 'Deployment-uid' });
  expect(namesOf(pod, set, deployment, same)).toEqual(['Deployment']);
});

test('owners in a circle are named', () => {
  const circle = [object('v1', 'A', owned('B-uid')), object('v1', 'B', owned('A-uid'))];
  expect(namesOf(...circle)).toEqual(['A', 'B']);
});
