/** Which pods and Events count for an object. */
import { expect, it } from 'vitest';
import { resourceTroubles } from './resource-troubles.ts';
import { StatusRecords } from './status-records.ts';
import type { WatchedObject } from './watched-object.ts';

type Fields = Readonly<Record<string, unknown>>;

const template = (image: string, labels: Fields = {}): Fields => ({
  metadata: { labels: { app: 'web', ...labels } },
  spec: { containers: [{ name: 'c', image }] },
});

function owned(name: string, owner: string, rest: Fields): WatchedObject {
  const metadata = {
    name,
    uid: name,
    ownerReferences: [{ uid: owner, controller: true }],
    ...(rest['metadata'] as Fields),
  };
  return { ...rest, metadata } as unknown as WatchedObject;
}

const crashed: Fields = {
  spec: { nodeName: 'node', containers: [{ name: 'c' }] },
  status: { containerStatuses: [{ name: 'c', restartCount: 3, state: { terminated: { exitCode: 1 } } }] },
};

function troublesOf(
  object: Fields,
  pods: Parameters<typeof resourceTroubles>[1],
  others: readonly WatchedObject[] = [],
  events: readonly Fields[] = [],
) {
  const records = new StatusRecords();
  const whole = { ...object, metadata: { name: 'web', uid: 'web', ...(object['metadata'] as Fields) } };
  records.set('/o', whole);
  for (const other of others) records.set('/p', other);
  for (const [at, event] of events.entries())
    records.addEvent({ metadata: { name: `e${at}` }, involvedObject: { uid: 'web' }, ...event }, 0);
  return resourceTroubles(whole, pods, records, 3).map(({ detail, heals }) => `${heals}: ${detail}`);
}

const deployment = { spec: { template: template('web:2') }, status: {} };
const replicaSet = (name: string, image: string, rest: Fields = {}) =>
  owned(name, 'web', { spec: { template: template(image, { 'pod-template-hash': name }) }, ...rest });
const refused = (said: string): Fields => ({
  status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: said }] },
});
const crash = 'container c: exited with code 1, restarted 3 times';
const noRoom = 'pods "web-" is forbidden: exceeded quota: few';

it('only pods of the current ReplicaSet count for a Deployment', () => {
  const sets = [replicaSet('web-1', 'web:1'), replicaSet('web-2', 'web:2')];
  expect(troublesOf(deployment, 'throughReplicaSets', [...sets, owned('a', 'web-1', crashed)])).toEqual([]);
  expect(troublesOf(deployment, 'throughReplicaSets', [...sets, owned('a', 'web-2', crashed)])).toEqual([
    `never: ${crash}`,
  ]);
});

it('pods that are being deleted do not count, except for a Job', () => {
  const leaving = owned('a', 'web', { ...crashed, metadata: { deletionTimestamp: 'now' } });
  expect(troublesOf({}, 'all', [leaving])).toEqual([]);
  expect(troublesOf({}, 'attempts', [leaving])).toEqual([`maybe: ${crash}`]);
});

it('pods of an older revision may still be replaced', () => {
  const set = { status: { updateRevision: 'web-b' } };
  const one = (revision: string) =>
    owned('a', 'web', { ...crashed, metadata: { labels: { 'controller-revision-hash': revision } } });
  expect(troublesOf(set, 'byRevision', [one('web-a')])).toEqual([`maybe: ${crash}`]);
  expect(troublesOf(set, 'byRevision', [one('web-b')])).toEqual([`never: ${crash}`]);
});

it('the same for a DaemonSet, which counts its templates', () => {
  const set = { metadata: { annotations: { 'deprecated.daemonset.template.generation': '2' } }, status: {} };
  const one = (generation: string) =>
    owned('a', 'web', { ...crashed, metadata: { labels: { 'pod-template-generation': generation } } });
  expect(troublesOf(set, 'byRevision', [one('1')])).toEqual([`maybe: ${crash}`]);
  expect(troublesOf(set, 'byRevision', [one('2')])).toEqual([`never: ${crash}`]);
});

it('the same trouble of several pods is told once, and the worst first', () => {
  const starting = owned('c', 'web', {
    spec: { containers: [] },
    status: { conditions: [{ type: 'PodScheduled', status: 'False', message: 'no room' }] },
  });
  expect(troublesOf({}, 'all', [starting, owned('a', 'web', crashed), owned('b', 'web', crashed)])).toEqual([
    `never: ${crash}`,
    'maybe: no node can run it: no room',
  ]);
});

it('a quota may leave room once the old pods of a Deployment have ended', () => {
  const sets = [replicaSet('web-2', 'web:2', refused(noRoom))];
  const rollout = (replicas: number) => ({ ...deployment, status: { replicas, updatedReplicas: 1 } });
  expect(troublesOf(rollout(1), 'throughReplicaSets', sets)).toEqual([
    'never: its pods are refused: exceeded quota: few',
  ]);
  expect(troublesOf(rollout(2), 'throughReplicaSets', sets)).toEqual([
    'maybe: its pods are refused: exceeded quota: few',
  ]);
});

const failedCreate = {
  reason: 'FailedCreate',
  message: `Error creating: ${noRoom}`,
  lastTimestamp: '2026-01-01T10:00:05Z',
};
const withoutPods = { spec: { replicas: 1 }, status: { replicas: 0 } };

it.each<readonly [what: string, object: Fields, events: readonly Fields[], told: number]>([
  ['now', withoutPods, [failedCreate], 1],
  [
    'until a pod was created',
    withoutPods,
    [failedCreate, { reason: 'SuccessfulCreate', lastTimestamp: '2026-01-01T10:00:06Z' }],
    0,
  ],
  [
    'in whatever order a list has the Events',
    withoutPods,
    [{ reason: 'SuccessfulCreate', lastTimestamp: '2026-01-01T10:00:06Z' }, failedCreate],
    0,
  ],
  ['but not if all pods exist', { spec: { replicas: 1 }, status: { replicas: 1 } }, [failedCreate], 0],
  [
    'before its specification changed',
    { ...withoutPods, metadata: { managedFields: [{ time: '2026-01-01T10:00:06Z' }] } },
    [failedCreate],
    0,
  ],
  [
    'after its specification changed',
    {
      ...withoutPods,
      metadata: {
        managedFields: [{ time: '2026-01-01T10:00:05Z' }, { time: '2026-01-01T11:00:00Z', subresource: 'status' }],
      },
    },
    [failedCreate],
    1,
  ],
])('pods of an object are refused: %s', (_what, object, events, told) => {
  expect(troublesOf(object, 'all', [], events)).toHaveLength(told);
});
