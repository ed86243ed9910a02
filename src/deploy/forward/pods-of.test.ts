import { expect, it } from 'vitest';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import type { ClusterKind } from './forwarded-port.ts';
import type { LiveObject } from './live-object.ts';
import { podsOf } from './pods-of.ts';

const query = (kind: ClusterKind, spec: LiveObject['spec'] = {}) =>
  podsOf({ kind, name: 'web', namespace: 'n' }, { metadata: { name: 'web' }, spec });

it.each<[ClusterKind, LiveObject['spec'], object]>([
  ['service', { selector: { app: 'web', tier: 'front' } }, { labelSelector: 'app=web,tier=front' }],
  ['service', {}, { reason: 'has no selector, so its pods are unknown' }],
  ['service', { type: 'ExternalName' }, { reason: 'is an ExternalName, which has no pods' }],
  ['replicationcontroller', { selector: { app: 'web' } }, { labelSelector: 'app=web' }],
  ['deployment', { selector: { matchLabels: { app: 'web' } } }, { labelSelector: 'app=web' }],
  [
    'job',
    {
      selector: {
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['1', '2'] },
          { key: 'b', operator: 'NotIn', values: ['3'] },
          { key: 'c', operator: 'Exists' },
          { key: 'd', operator: 'DoesNotExist' },
        ],
      },
    },
    { labelSelector: 'a in (1,2),b notin (3),c,!d' },
  ],
  ['pod', {}, { fieldSelector: 'metadata.name=web' }],
])('the pods of a %s: %j', (kind, spec, expected) => {
  expect(query(kind, spec)).toEqual(expected);
});

it.each([
  ['web-28123456', true],
  ['web-extra-28123456', false],
  ['web-once', false],
])('the pods of a CronJob are those of its Jobs: %s', (job, isMember) => {
  const found = query('cronjob');
  const pod: Pod = { metadata: { name: 'p', labels: { 'job-name': job } }, spec: { containers: [] } };
  expect('includes' in found && found.includes?.(pod)).toBe(isMember);
});
