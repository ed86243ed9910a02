import { expect, it } from 'vitest';
import { inApplyOrder, inDeleteOrder } from './apply-order.ts';

/** `v1/Pod` or `apps/v1/Deployment`, with a name behind a space. */
const objectOf = (text: string) => {
  const [type = '', name = ''] = text.split(' ');
  const at = type.lastIndexOf('/');
  return { apiVersion: type.slice(0, at), kind: type.slice(at + 1), name, text };
};
const applied = (...texts: readonly string[]) => inApplyOrder(texts.map(objectOf)).map(({ text }) => text);
const removed = (...texts: readonly string[]) => inDeleteOrder(texts.map(objectOf)).map(({ text }) => text);

const ordered = [
  'v1/Namespace',
  'v1/ResourceQuota',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'v1/ServiceAccount',
  'v1/Secret',
  'v1/Service',
  'apps/v1/Deployment',
  'networking.k8s.io/v1/Ingress',
  'example.com/v1/Worker',
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration',
];

it('applies what others need first', () => expect(applied(...[...ordered].reverse())).toEqual(ordered));

it('removes in the reverse order', () => expect(removed(...ordered)).toEqual([...ordered].reverse()));

it.each([
  [['v1/Service a', 'v1/Service b', 'v1/Service c']],
  [['rbac.authorization.k8s.io/v1/RoleBinding a', 'v1/ServiceAccount b']],
  [['v1/Secret a', 'v1/ConfigMap b', 'v1/PersistentVolumeClaim c']],
  [['batch/v1/Job a', 'apps/v1/Deployment b', 'v1/Pod c']],
  [['example.com/v1/Namespace a', 'example.com/v1/Worker b', 'serving.knative.dev/v1/Service c']],
])('keeps the order of %j', (texts) => {
  expect(applied(...texts)).toEqual(texts);
  expect(removed(...texts)).toEqual([...texts].reverse());
});
