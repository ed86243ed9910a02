import { expect, test } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { plannedContents, plannedObjects, recordProblems } from './planned-objects.ts';

const object = (kind: string, metadata: KubernetesObject['metadata'], more: object = {}): KubernetesObject => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  metadata,
  ...more,
});
const planOf = (...objects: readonly KubernetesObject[]) =>
  plannedObjects(objects.map((each, index) => ({ object: each, source: `file ${index}` })));

test('an object that is rendered twice is one object, unless its content differs', () => {
  const [same, other] = [object('Secret', { name: 'a' }), object('Secret', { name: 'a' }, { data: {} })];
  expect(planOf(same, same).planned).toHaveLength(1);
  expect(planOf(same, object('Secret', { name: 'a', namespace: 'b' })).planned).toHaveLength(2);
  expect(planOf(same, other).problems).toEqual([
    {
      object: 'secret/a',
      detail: 'it is rendered twice with different content: by file 0 and by file 1',
      cause: 'invalid',
    },
  ]);
});

test('a generated name is new each time', () => {
  const { planned } = planOf(object('Pod', { generateName: 'p-' }), object('Pod', { generateName: 'p-' }));
  expect(planned.map(({ name, isGenerated }) => [/^p-\w{5}$/.test(name), isGenerated])).toEqual([
    [true, true],
    [true, true],
  ]);
});

test('the contents of a set are its kinds and its other namespaces', () => {
  const { planned } = planOf(
    object('Deployment', { name: 'd', namespace: 'b' }),
    object('ConfigMap', { name: 'c' }),
    object('ConfigMap', { name: 'c', namespace: 'a' }),
  );
  expect(plannedContents(planned, 'n')).toEqual({
    groupKinds: ['ConfigMap', 'Deployment.apps'],
    namespaces: ['a', 'b'],
  });
});

test('an object in the place of the record is a problem', () => {
  const record = { name: 'slipway-web', namespace: 'n' };
  const of = (...objects: readonly KubernetesObject[]) => recordProblems(planOf(...objects).planned, record);
  expect(
    of(
      object('ConfigMap', { name: 'other' }),
      object('Secret', { name: 'slipway-web' }),
      object('ConfigMap', { name: 'slipway-web', namespace: 'm' }),
    ),
  ).toEqual([]);
  const taken = {
    object: 'configmap/slipway-web',
    namespace: 'n',
    detail: expect.stringContaining('give the one in file 0 another name') as string,
    cause: 'invalid',
  };
  expect(of(object('ConfigMap', { name: 'slipway-web' }))).toEqual([taken]);
  expect(of(object('ConfigMap', { name: 'slipway-web', namespace: 'n' }))).toEqual([taken]);
});
