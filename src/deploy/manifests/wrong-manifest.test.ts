import { expect, test } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { plannedObjects } from '../cluster/planned-objects.ts';
import { wrongManifest, wrongManifests } from './wrong-manifest.ts';

const object = (metadata: KubernetesObject['metadata'], more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata,
  ...more,
});
const secret = (more: object) => wrongManifest(object({ name: 's' }, more), 's');
const configMap = (more: object) => wrongManifest({ ...object({ name: 'c' }, more), kind: 'ConfigMap' }, 'c');
const named = (words: string, name: string): KubernetesObject => {
  const [apiVersion = '', kind = ''] = words.split(' ');
  return { apiVersion, kind, metadata: { name } };
};

const subdomain = 'use at most 253 lower case letters, digits, "-" and ".", with a letter or digit at both ends';
const keys = 'use at most 253 letters, digits, "-", "_" and "."';
const label = 'use at most 63 lower case letters, digits and "-", with a letter or digit at both ends';

test.each<[kind: string, name: string, detail: string]>([
  ['v1 Secret', '../x', `metadata.name: "../x" cannot be the name of an object of kind Secret: ${subdomain}`],
  [
    'apps/v1 Deployment',
    'Web',
    `metadata.name: "Web" cannot be the name of an object of kind Deployment: ${subdomain}`,
  ],
  ['v1 Pod', 'a..b', `metadata.name: "a..b" cannot be the name of an object of kind Pod: ${subdomain}`],
  ['v1 ConfigMap', '', `metadata.name: "" cannot be the name of an object of kind ConfigMap: ${subdomain}`],
  [
    'batch/v1 Job',
    'a'.repeat(300),
    `metadata.name: "${'a'.repeat(80)}"… (300 characters) cannot be the name of an object of kind Job: ${subdomain}`,
  ],
  ['v1 Service', 'a.b', `metadata.name: "a.b" cannot be the name of an object of kind Service: ${label}`],
  ['v1 Namespace', 'a_b', `metadata.name: "a_b" cannot be the name of an object of kind Namespace: ${label}`],
  [
    'batch/v1 CronJob',
    'a'.repeat(53),
    `metadata.name: "${'a'.repeat(53)}" cannot be the name of an object of kind CronJob: ${subdomain.replace('253', '52')}`,
  ],
  ['rbac.authorization.k8s.io/v1 Role', 'a/b', 'metadata.name: "a/b" cannot be the name of an object'],
  ['rbac.authorization.k8s.io/v1 ClusterRole', '..', 'metadata.name: ".." cannot be the name of an object'],
  ['example.com/v1 Worker', 'a%2fb', 'metadata.name: "a%2fb" cannot be the name of an object'],
])('%s cannot have the name %j', (kind, name, detail) => {
  expect(wrongManifest(named(kind, name), name)).toEqual({ detail, cause: 'invalid' });
});

test.each([
  ['rbac.authorization.k8s.io/v1 Role', 'system:X y'],
  ['rbac.authorization.k8s.io/v1 ClusterRoleBinding', 'system:node'],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', 'workers.example.com'],
  ['v1 Pod', '0a.b-c'],
  ['v1 Secret', 'a'.repeat(253)],
  ['v1 Service', '0a'],
  ['example.com/v1 Secret', 'A'],
  ['certificates.k8s.io/v1beta1 ClusterTrustBundle', 'example.com:signer:a'],
  ['example.com/v1 Worker', '...'],
])('%s may have the name %j', (kind, name) => {
  expect(wrongManifest(named(kind, name), name)).toBeUndefined();
});

test.each([
  ['seed-', undefined],
  ['Seed-', `metadata.generateName: "Seed-" cannot be the name of an object of kind Job: ${subdomain}`],
])('the start %j of a name that the cluster makes: %s', (generateName, detail) => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName } };
  expect(wrongManifests([job])).toEqual(
    detail === undefined ? [] : [{ object: `job.batch/${generateName}…`, detail, cause: 'invalid' }],
  );
});

test.each(['../x', 'A/B', '', '..', 'A', 'a.b', '-a', 'a-', 'a'.repeat(64)])(
  'the namespace %j is a problem',
  (namespace) => {
    expect(wrongManifest(object({ name: 's', namespace }), 's')?.detail).toBe(
      `metadata.namespace: ${JSON.stringify(namespace)} cannot be the name of a namespace: ${label}`,
    );
  },
);

test.each([undefined, 'a', '0-a', 'a'.repeat(63)])('the namespace %j is none', (namespace) => {
  expect(wrongManifest(object({ name: 's', ...(namespace !== undefined && { namespace }) }), 's')).toBeUndefined();
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
  [{ stringData: { '../../x': 'hunter2' } }, `stringData: "../../x" cannot be a key: ${keys}`],
])('a Secret with %j: %s', (more, detail) => {
  expect(secret(more)).toEqual(detail === undefined ? undefined : { detail, cause: 'invalid' });
});

test.each<[object, readonly string[]]>([
  [{ data: { a: 'x', 'A_b.c-d': '', n: null }, binaryData: { b: 'eA==' } }, []],
  [{ data: { a: 1, b: true } }, ['data.a: expected a string', 'data.b: expected a string']],
  [{ data: 'x' }, ['data: expected a map of strings']],
  [{ binaryData: { b: 'x!' } }, ['binaryData.b: expected base64: encode the value, or move it to data']],
  [{ binaryData: { b: 1 } }, ['binaryData.b: expected a string']],
  [{ data: { a: 'x' }, binaryData: { a: 'eA==' } }, ['binaryData.a: data has this key too']],
  [{ data: { '../../x': 'x' } }, [`data: "../../x" cannot be a key: ${keys}`]],
  [
    { data: { 'a b': 1, '..a': '', '.': '' }, binaryData: { '': '' } },
    [
      `data: "a b" cannot be a key: ${keys}`,
      'data["a b"]: expected a string',
      `data: "..a" cannot be a key: ${keys}`,
      `data: "." cannot be a key: ${keys}`,
      `binaryData: "" cannot be a key: ${keys}`,
    ],
  ],
])('a ConfigMap with %j: %s', (more, details) => {
  const { lines, detail } = configMap(more) ?? {};
  const found = lines ?? (detail === undefined ? [] : [detail]);
  expect(found.map((line) => line.replace(': put the value in quotes', ''))).toEqual(details);
});

test('an object of another group may have any data', () => {
  expect(wrongManifest({ apiVersion: 'example.com/v1', kind: 'Secret', metadata: {}, data: { '../x': 1 } }, 'a')).toBe(
    undefined,
  );
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
