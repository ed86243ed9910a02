import { expect, test } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { LiveMetadata } from './live-object.ts';
import { digestAnnotation, manifestDigest } from './manifest-digest.ts';
import { createdAnnotation, sentObject } from './sent-object.ts';
import { whyApply } from './why-apply.ts';

const object: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } };
const digest = manifestDigest(object);
const sent = sentObject(object, { setId: 'id', digest, name: 'c', namespace: 'n' });
const fields = {
  'f:metadata': {
    'f:labels': { 'f:applyset.kubernetes.io/part-of': {} },
    'f:annotations': { [`f:${digestAnnotation}`]: {} },
  },
  'f:data': { 'f:a': {} },
};
const ours = { manager: 'slipway', operation: 'Apply', fieldsV1: fields };
const other = (manager: string, more = {}) => ({ manager, fieldsV1: { 'f:data': { 'f:a': {} } }, ...more });
const without = { ...ours, fieldsV1: { 'f:metadata': fields['f:metadata'] } };
const live = (more: Partial<LiveMetadata> = {}): LiveMetadata => ({
  name: 'c',
  annotations: { [digestAnnotation]: digest },
  managedFields: [ours],
  ...more,
});

test.each<[string | undefined, LiveMetadata | undefined]>([
  [undefined, live()],
  [undefined, live({ managedFields: [ours, other('controller')] })],
  [undefined, live({ managedFields: [without, other('hpa', { subresource: 'scale' })] })],
  [undefined, live({ managedFields: [without, other('kube-controller-manager', { subresource: 'scale' })] })],
  [undefined, live({ managedFields: [without, other('kubelet', { subresource: 'status' })] })],
  ['kubectl changed data.a', live({ managedFields: [without, other('kubectl', { subresource: 'scale' })] })],
  ['it did not exist', undefined],
  ['it was being deleted', live({ deletionTimestamp: '2026-01-01T00:00:00Z' })],
  ['its manifest changed', live({ annotations: { [digestAnnotation]: 'sha256:0' } })],
  ['its manifest changed', live({ annotations: {} })],
  ['kubectl-edit changed data.a', live({ managedFields: [without, other('kubectl-edit')] })],
  ['data was changed or removed', live({ managedFields: [without] })],
])('an object is applied, because: %s', (expected, metadata) => {
  expect(whyApply(digest, sent, metadata)).toBe(expected);
});

test('the digest does not depend on the order of keys, but on that of lists', () => {
  expect(manifestDigest({ data: { a: '1' }, metadata: { name: 'c' }, kind: 'ConfigMap', apiVersion: 'v1' })).toBe(
    digest,
  );
  expect(manifestDigest({ ...object, list: [1, 2] })).not.toBe(manifestDigest({ ...object, list: [2, 1] }));
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('an object is sent with its place and its marks', () => {
  expect(sent.metadata).toEqual({
    name: 'c',
    namespace: 'n',
    labels: { 'applyset.kubernetes.io/part-of': 'id' },
    annotations: { [digestAnnotation]: digest },
  });
  const marks = { setId: 'id', digest, name: 'n', namespace: undefined, isCreatedBySet: true };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', namespace: 'x' } };
  const { metadata } = sentObject(namespace, marks);
  expect([metadata.namespace, metadata.annotations?.[createdAnnotation]]).toEqual([undefined, 'id']);
});

test('texts of a Secret are sent as its data', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {},
    data: { a: 'eA==', b: 'eQ==' },
    stringData: { b: 'z' },
  };
  const { data, stringData } = sentObject(secret, { setId: 'id', digest, name: 's', namespace: 'n' });
  expect([data, stringData]).toEqual([{ a: 'eA==', b: 'eg==' }, undefined]);
});
