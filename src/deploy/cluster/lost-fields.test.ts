import { expect, test } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { lostFields } from './lost-fields.ts';
import type { ManagedFields } from './live-object.ts';

const sent: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'n', labels: { a: 'b' } },
  spec: {
    replicas: 1,
    paused: null,
    selector: { matchLabels: { a: 'b' } },
    template: {
      spec: {
        volumes: [],
        containers: [
          {
            name: 'c',
            command: ['a', 'b'],
            env: [{ name: 'X', value: '1' }],
            ports: [{ containerPort: 80 }],
          },
        ],
      },
    },
  },
  status: { replicas: 7 },
};
/** As Kubernetes 1.34 reports it. `selector` and `command` are owned as a whole. */
const container = {
  '.': {},
  'f:name': {},
  'f:command': {},
  'f:env': { 'k:{"name":"X"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
  'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
};
type Node = Readonly<Record<string, unknown>>;
const without = (node: Node, ...keys: readonly string[]) =>
  Object.fromEntries(Object.entries(node).filter(([key]) => !keys.includes(key)));
const spec = (more: { replicas?: boolean; container?: Node } = {}) => ({
  ...(more.replicas !== false && { 'f:replicas': {} }),
  'f:selector': {},
  'f:template': {
    'f:spec': { 'f:volumes': {}, 'f:containers': { 'k:{"name":"c"}': more.container ?? container } },
  },
});
const entry = (manager: string, fieldsV1: Node, more: Partial<ManagedFields> = {}): ManagedFields => ({
  manager,
  operation: 'Update',
  fieldsV1,
  ...more,
});
const ours = (more?: Parameters<typeof spec>[0]) =>
  entry('slipway', { 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:spec': spec(more) }, { operation: 'Apply' });
const env = 'spec.template.spec.containers[name="c"].env[name="X"]';

test.each<[string, readonly ManagedFields[], readonly object[]]>([
  ['all fields are there', [ours()], []],
  ['another client added fields', [ours(), entry('e', { 'f:spec': { 'f:minReadySeconds': {} } })], []],
  ['a field was removed', [ours({ replicas: false })], [{ path: 'spec.replicas' }]],
  [
    'a field has another owner',
    [ours({ replicas: false }), entry('kubectl-edit', { 'f:spec': { 'f:replicas': {} } })],
    [{ path: 'spec.replicas', manager: 'kubectl-edit' }],
  ],
  [
    'a field was changed through a subresource',
    [ours({ replicas: false }), entry('hpa', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' })],
    [{ path: 'spec.replicas', manager: 'hpa', subresource: 'scale' }],
  ],
  [
    'an item of a list was removed',
    [ours({ container: { ...container, 'f:ports': { 'k:{"containerPort":81,"protocol":"TCP"}': {} } } })],
    [{ path: 'spec.template.spec.containers[name="c"].ports[containerPort=80]' }],
  ],
  [
    'all items of a list have another owner',
    [
      ours({ container: without(container, 'f:env') }),
      // It added a variable of its own.
      entry('first', { 'f:spec': spec({ replicas: false, container: { 'f:env': { 'k:{"name":"Y"}': {} } } }) }),
      entry('second', {
        'f:spec': spec({ container: { 'f:env': { 'k:{"name":"X"}': { 'f:value': {} } } } }),
      }),
    ],
    [{ path: `${env}.value`, manager: 'second' }],
  ],
  ['the entry of Slipway is missing', [entry('other', {})], [{ path: 'metadata.managedFields' }]],
  [
    'Slipway updated it with another verb',
    [entry('slipway', { 'f:spec': spec() })],
    [{ path: 'metadata.managedFields' }],
  ],
])('%s', (_, managed, expected) => {
  expect(lostFields(sent, managed)).toEqual(expected);
});

test('a set of texts is compared by its values', () => {
  const object = { ...sent, metadata: { name: 'd', finalizers: ['a', 'b'] }, spec: {} };
  const managed = (fields: Node) => [
    entry('slipway', { 'f:metadata': { 'f:finalizers': fields } }, { operation: 'Apply' }),
  ];
  expect(lostFields(object, managed({ 'v:"a"': {}, 'v:"b"': {} }))).toEqual([{ path: 'spec' }]);
  expect(lostFields({ ...object, spec: null }, managed({ '.': {}, 'v:"a"': {} }))).toEqual([
    { path: 'metadata.finalizers["b"]' },
  ]);
});
