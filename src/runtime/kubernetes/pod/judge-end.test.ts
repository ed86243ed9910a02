import { describe, expect, it } from 'vitest';
import { judgeEnd } from './judge-end.ts';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { ContainerState, Pod, PodStatus } from '../../../clusters/pods/pod-types.ts';

/**
 * Reported by Kubernetes 1.34: ends, deadlines, deletions, limits of memory and disk, nodes that are not ready. Drains,
 * preemption, shutdowns and rejections by a node were not observed on a cluster.
 */
const finishedAt = '1970-01-01T00:00:09Z';
const ended = (exitCode: number, more: Partial<NonNullable<ContainerState['terminated']>> = {}): ContainerState => ({
  terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt, ...more },
});
const told = (reason: string, message: string, at = 1_000): PodEvent => ({ type: 'Warning', reason, message, at });
const running: ContainerState = { running: {} };
const conditions = (
  ready: string,
  containersReady: string,
  more: readonly NonNullable<PodStatus['conditions']>[number][] = [],
) => ({
  conditions: [{ type: 'Ready', status: ready }, { type: 'ContainersReady', status: containersReady }, ...more],
});
const disrupted = (reason: string, message = 'because') =>
  conditions('True', 'True', [{ type: 'DisruptionTarget', status: 'True', reason, message }]);

interface Told {
  readonly status?: PodStatus;
  readonly events?: readonly PodEvent[];
  readonly metadata?: Partial<Pod['metadata']>;
  readonly observed?: Partial<ObservedPod>;
}

function observed(
  state: ContainerState,
  { status = {}, events = [], metadata, observed: more }: Told = {},
): ObservedPod {
  const containers = [{ name: 'step', image: 'a', resources: { limits: { memory: '33554432' } } }];
  return {
    pod: {
      metadata: { name: 'build', ...metadata },
      spec: { containers, nodeName: 'worker-1', activeDeadlineSeconds: 4 },
      status: { ...status, containerStatuses: [{ name: 'step', state }] },
    },
    events,
    ...more,
  };
}

const at = 9_000;
const failing = (failure: object) => ({ settled: { failure } });
const failedAt = (failure: object) => ({ settled: { failure, at } });
const shortage = 'Pod ephemeral local storage usage exceeds the total limit of containers 20Mi. ';
const evicted = {
  code: 'evicted',
  detail: 'Pod ephemeral local storage usage exceeds the total limit of containers 20Mi',
};
const deadline = 'Pod was active on the node longer than the specified deadline';
const deleted = { code: 'workload-deleted', detail: 'the pod build was deleted by another client', by: 'cluster' };
const away = conditions('False', 'True');

describe('the end of a container on its own', () => {
  it.each<[string, ObservedPod, unknown]>([
    ['it runs', observed(running), {}],
    ['0', observed(ended(0)), { settled: { code: 0, at } }],
    ['3', observed(ended(3)), { settled: { code: 3, at } }],
    ['a signal', observed(ended(143)), { settled: { code: 143, signal: 'SIGTERM', at } }],
    ['without a time', observed({ terminated: { exitCode: 1 } }), { settled: { code: 1 } }],
    [
      'it ran out of memory',
      observed(ended(137, { reason: 'OOMKilled' })),
      failedAt({ code: 'out-of-memory', limit: '32Mi' }),
    ],
    [
      'a child ran out of memory, and the command continued',
      observed(ended(0, { reason: 'OOMKilled' })),
      { settled: { code: 0, at } },
    ],
    [
      'the gate found no command',
      observed(ended(127, { message: 'start-failed /no/such/command' })),
      failedAt({
        code: 'start-failed',
        detail: 'cannot run "/no/such/command": the image has no such command',
        cause: 'no-program',
      }),
    ],
    ['a shell did not find a command', observed(ended(127)), { settled: { code: 127, at } }],
    [
      'it had succeeded before the pod was removed',
      observed(ended(0), { status: { phase: 'Failed', reason: 'Evicted', message: shortage } }),
      { settled: { code: 0, at } },
    ],
    [
      'it failed before the pod was deleted',
      observed(ended(3), { observed: { deleted: true } }),
      { settled: { code: 3, at } },
    ],
  ])('%s', (_, of, expected) => expect(judgeEnd(of, 'step', 10_000)).toEqual(expected));
});

describe('the end of its pod', () => {
  it.each<[string, ObservedPod, unknown]>([
    ['evicted: the Event', observed(running, { events: [told('Evicted', shortage)] }), failing(evicted)],
    [
      'evicted: the status',
      observed(ended(137), { status: { phase: 'Failed', reason: 'Evicted', message: shortage } }),
      failedAt(evicted),
    ],
    [
      'drained',
      observed(running, { status: disrupted('EvictionByEvictionAPI', 'Eviction API: evicting') }),
      failing({ code: 'evicted', detail: 'Eviction API: evicting' }),
    ],
    [
      'preempted',
      observed(running, { status: disrupted('PreemptionByScheduler', 'default-scheduler: preempting') }),
      failing({
        code: 'evicted',
        detail: 'a pod with a higher priority took its place: default-scheduler: preempting',
      }),
    ],
    [
      'its node shuts down',
      observed(ended(143), {
        status: {
          phase: 'Failed',
          reason: 'Terminated',
          message: 'Pod was terminated in response to imminent node shutdown.',
        },
      }),
      failedAt({
        code: 'evicted',
        detail: 'node worker-1 is shutting down: Pod was terminated in response to imminent node shutdown',
      }),
    ],
    [
      'its node had no room',
      observed(
        { waiting: {} },
        { status: { phase: 'Failed', reason: 'OutOfmemory', message: "Node didn't have enough resource: memory" } },
      ),
      failing({
        code: 'unschedulable',
        detail: "node worker-1 rejected the pod: Node didn't have enough resource: memory",
      }),
    ],
    [
      'a deadline: the Event',
      observed(running, { events: [told('DeadlineExceeded', deadline)] }),
      failing({ code: 'timed-out', afterMs: 4_000, by: 'cluster' }),
    ],
    [
      'a deadline: the status',
      observed(ended(143), { status: { phase: 'Failed', reason: 'DeadlineExceeded', message: deadline } }),
      failedAt({ code: 'timed-out', afterMs: 4_000, by: 'cluster' }),
    ],
    ['deleted', observed(running, { observed: { deleted: true } }), failing(deleted)],
    [
      'it is being deleted, and has ended because of it',
      observed(ended(137), { metadata: { deletionTimestamp: finishedAt } }),
      failedAt(deleted),
    ],
    [
      'it is being deleted, and runs',
      observed(running, { metadata: { deletionTimestamp: finishedAt } }),
      { recheckInMs: 29_000 },
    ],
    [
      'it was never seen',
      { events: [], deleted: true },
      failing({ ...deleted, detail: 'the pod was deleted by another client' }),
    ],
    [
      'its node lost the result',
      observed(ended(137, { reason: 'ContainerStatusUnknown' })),
      failedAt({
        code: 'node-lost',
        node: 'worker-1',
        detail: 'the node restarted and does not know how the container ended',
      }),
    ],
  ])('%s', (_, of, expected) => expect(judgeEnd(of, 'step', 10_000)).toEqual(expected));
});

describe('an unreachable node', () => {
  const gone = told('NodeNotReady', 'Node is not ready');
  const lost = {
    code: 'node-lost',
    node: 'worker-1',
    detail: 'the node has not reported to the cluster for more than 30 s',
  };
  it.each<[string, ObservedPod, number, unknown]>([
    ['may come back', observed(running, { status: away, events: [gone] }), 11_000, { recheckInMs: 20_000 }],
    ['does not come back', observed(running, { status: away, events: [gone] }), 31_000, failing(lost)],
    ['came back', observed(running, { status: conditions('True', 'True'), events: [gone] }), 31_000, {}],
    [
      'ended its containers',
      observed(ended(1), { status: conditions('False', 'False'), events: [gone] }),
      31_000,
      { settled: { code: 1, at } },
    ],
    ['is reported by an Event alone', observed(running, { events: [gone] }), 31_000, failing(lost)],
    [
      'is given up by the cluster',
      observed(running, {
        status: {
          conditions: [
            ...away.conditions,
            ...disrupted('DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint').conditions.slice(
              2,
            ),
          ],
        },
      }),
      2_000,
      failing({ ...lost, detail: 'Taint manager: deleting due to NoExecute taint' }),
    ],
  ])('%s', (_, of, now, expected) => expect(judgeEnd(of, 'step', now)).toEqual(expected));
});

describe('an unreachable cluster', () => {
  const disconnected = (disconnectedReason: string, disconnectedSince = 0): Told => ({
    observed: { disconnectedSince, disconnectedReason },
  });
  it.each<[string, ObservedPod, number, unknown]>([
    ['may come back', observed(running, disconnected('connection refused')), 100_000, { recheckInMs: 200_000 }],
    [
      'does not come back',
      observed(running, disconnected('connection refused')),
      300_000,
      failing({
        code: 'runtime-lost',
        detail: 'the cluster has not answered for 5 minutes: connection refused',
        by: 'cluster',
      }),
    ],
    [
      'had an unreachable node before',
      observed(running, {
        status: away,
        events: [told('NodeNotReady', 'Node is not ready')],
        ...disconnected('connection refused', 2_000),
      }),
      100_000,
      { recheckInMs: 202_000 },
    ],
    [
      'rejects the credentials',
      observed(running, disconnected('Unauthorized')),
      60_000,
      { settled: { failure: expect.objectContaining({ code: 'forbidden' }) as object } },
    ],
    [
      'forbids the watch',
      observed(
        running,
        disconnected('pods is forbidden: User "ci" cannot watch resource "pods" in API group "" in the namespace "ci"'),
      ),
      1,
      { settled: { failure: expect.objectContaining({ code: 'forbidden' }) as object } },
    ],
  ])('%s', (_, of, now, expected) => expect(judgeEnd(of, 'step', now)).toEqual(expected));
});

describe('an end that Slipway requested', () => {
  const deletedAt = { metadata: { deletionTimestamp: '1970-01-01T00:00:20Z' } };
  it.each<[string, ObservedPod, unknown]>([
    [
      'is its own, although the pod is being deleted',
      observed(ended(143), deletedAt),
      { settled: { code: 143, signal: 'SIGTERM', at } },
    ],
    [
      'is its own, although the pod is gone',
      observed(ended(137), { ...deletedAt, observed: { deleted: true } }),
      { settled: { code: 137, signal: 'SIGKILL', at } },
    ],
    [
      'is that of an eviction nevertheless',
      observed(ended(137), { status: { phase: 'Failed', reason: 'Evicted', message: shortage } }),
      failedAt(evicted),
    ],
  ])('%s', (_, told, expected) => expect(judgeEnd(told, 'step', 10_000, true)).toEqual(expected));

  it('is another client’s otherwise', () =>
    expect(judgeEnd(observed(ended(143), deletedAt), 'step', 10_000)).toEqual(failedAt(deleted)));
});
