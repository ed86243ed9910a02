import { expect, test } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { plannedObjects } from '../cluster/planned-objects.ts';
import { wrongManifest } from './wrong-manifest.ts';

const object = (metadata: KubernetesObject['metadata'], more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata,
  ...more,
});
const secret = (more: object) => wrongManifest(object({}, more), 's');

test.each(['../x', 'A/B', '', '.', '..', 'a%2fb'])('the name %j is a problem', (name) => {
  expect(wrongManifest(object({ name }), name)).toEqual({
    detail: `metadata.name: ${JSON.stringify(name)} cannot be the name of an object`,
    cause: 'invalid',
  });
});

test.each(['system:node', 'a.b', 'A', '...'])('the name %j is for the cluster to judge', (name) => {
  expect(wrongManifest(object({ name }), name)).toBeUndefined();
});

test.each(['../x', 'A/B', '', '..', 'A', 'a.b', '-a', 'a-', 'a'.repeat(64)])(
  'the namespace %j is a problem',
  (namespace) => {
    expect(wrongManifest(object({ namespace }), 's')?.detail).toBe(
      `metadata.namespace: ${JSON.stringify(namespace)} cannot be the name of a namespace: use at most 63 lower case letters, digits and "-"`,
    );
  },
);

test.each([undefined, 'a', '0-a', 'a'.repeat(63)])('the namespace %j is none', (namespace) => {
  expect(wrongManifest(object({ ...(namespace !== undefined && { namespace }) }), 's')).toBeUndefined();
});

test.each<[object, string | undefined]>([
  [{ data: { PW: 'eA==', b: 'eHl6\nYWJj\r\n', c: '', d: null } }, undefined],
  [{ data: null, stringData: { PW: 'not base64!' } }, undefined],
  [{ data: { PW: 'hunter2!' } }, 'data.PW: expected base64: encode the value, or move it to stringData'],
  [{ data: { PW: 'eA' } }, 'data.PW: expected base64: encode the value, or move it to stringData'],
  [{ data: { PW: '=eA=' } }, 'data.PW: expected base64: encode the value, or move it to stringData'],
  [{ data: { PW: 5551234 } }, 'data.PW: expected a string: put the value in quotes'],
  [{ stringData: { PW: 5551234 } }, 'stringData.PW: expected a string: put the value in quotes'],
  [{ stringData: ['hunter2'] }, 'stringData: expected a map of strings'],
])('a Secret with %j: %s', (more, detail) => {
  expect(secret(more)).toEqual(detail === undefined ? undefined : { detail, cause: 'invalid' });
});

test('problems of an object are problems of the plan, without values', () => {
  const wrong = object({ name: 's', namespace: 'n' }, { data: { PW: 'hunter2!' }, stringData: { N: 5551234 } });
  const { problems } = plannedObjects([{ object: wrong, source: 'a' }]);
  expect(problems).toEqual([
    {
      object: 'secret/s',
      namespace: 'n',
      detail: '2 fields are wrong',
      lines: [
        'data.PW: expected base64: encode the value, or move it to stringData',
        'stringData.N: expected a string: put the value in quotes',
      ],
      cause: 'invalid',
    },
  ]);
  expect(JSON.stringify(problems)).not.toMatch(/hunter2|5551234/);
});
