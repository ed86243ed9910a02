import { describe, expect, test } from 'vitest';
import type { ContainerStatus, Pod, PodStatus } from '../../../clusters/pods/pod-types.ts';
import { containersOf } from './container-statuses.ts';

const [began, ended] = ['2026-01-01T00:00:01Z', '2026-01-01T00:00:02Z'];

function pod(status: PodStatus = {}, metadata: Partial<Pod['metadata']> = {}): Pod {
  return {
    metadata: { name: 'web-7', namespace: 'n', uid: 'u', labels: { app: 'web' }, ...metadata },
    spec: { containers: [{ name: 'main', image: 'web:1' }] },
    status,
  };
}

/** The only container of a pod with this status. */
function container(status: Partial<ContainerStatus>, rest: PodStatus = {}) {
  return containersOf(pod({ ...rest, containerStatuses: [{ name: 'main', ...status }] }))[0]!;
}

test('lists init containers, sidecars, containers and ephemeral ones, in the order of their start', () => {
  const [one, two] = [{ name: 'one' }, { name: 'two' }];
  const found = containersOf({
    ...pod(),
    spec: {
      initContainers: [{ name: 'init' }, { name: 'proxy', restartPolicy: 'Always' }],
      containers: [one, two],
      ephemeralContainers: [{ name: 'debug' }],
    },
  });
  expect(found.map(({ ref }) => [ref.name, ref.kind])).toEqual([
    ['init', 'init'],
    ['proxy', 'sidecar'],
    ['one', 'app'],
    ['two', 'app'],
    ['debug', 'ephemeral'],
  ]);
  expect(found[2]?.ref).toEqual({
    runtime: 'kubernetes',
    id: 'u/one',
    group: 'web-7',
    name: 'one',
    namespace: 'n',
    kind: 'app',
    labels: { app: 'web' },
  });
});

test('takes each status from its own list', () => {
  const running = { state: { running: {} }, restartCount: 1 };
  const found = containersOf({
    metadata: { name: 'p' },
    spec: { initContainers: [{ name: 'a' }], containers: [{ name: 'b' }], ephemeralContainers: [{ name: 'c' }] },
    status: {
      initContainerStatuses: [{ name: 'a', ...running }],
      containerStatuses: [{ name: 'b', ...running, restartCount: 2 }],
      ephemeralContainerStatuses: [{ name: 'c', ...running, restartCount: 3 }],
    },
  });
  expect(found.map(({ status }) => status.restarts)).toEqual([1, 2, 3]);
});

describe('the status of a container', () => {
  const end = { exitCode: 3, reason: 'Error', message: 'why', startedAt: began, finishedAt: ended };
  test.each<[string, Partial<ContainerStatus>, PodStatus, object]>([
    [
      'nothing reported',
      {},
      {},
      { state: { phase: 'waiting', reason: 'Pending' }, restarts: 0, ready: false, image: 'web:1' },
    ],
    [
      'no node',
      {},
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' }] },
      { state: { phase: 'waiting', reason: 'Unschedulable', detail: 'no room' } },
    ],
    [
      'evicted',
      {},
      { phase: 'Failed', reason: 'Evicted', message: 'disk' },
      { state: { reason: 'Evicted', detail: 'disk' } },
    ],
    [
      'an image that cannot be pulled',
      { state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } }, imageID: '' },
      {},
      { state: { phase: 'waiting', reason: 'ImagePullBackOff', detail: 'not found' } },
    ],
    [
      'running',
      { state: { running: { startedAt: began } }, ready: true, imageID: 'web@sha256:1' },
      {},
      { state: { phase: 'running', startedAt: Date.parse(began) }, ready: true, imageId: 'web@sha256:1' },
    ],
    ['running, not ready', { state: { running: {} }, ready: false }, {}, { state: { phase: 'running' }, ready: false }],
    [
      'ended',
      { state: { terminated: end }, ready: true },
      {},
      {
        state: {
          phase: 'ended',
          exitCode: 3,
          reason: 'Error',
          detail: 'why',
          startedAt: Date.parse(began),
          endedAt: Date.parse(ended),
        },
        ready: false,
      },
    ],
    ['killed', { state: { terminated: { exitCode: 137 } } }, {}, { state: { exitCode: 137, signal: 'SIGKILL' } }],
    [
      'ended by a signal',
      { state: { terminated: { exitCode: 1, signal: 15 } } },
      {},
      { state: { exitCode: 1, signal: 'SIGTERM' } },
    ],
    [
      'a crash loop',
      { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: end }, restartCount: 4 },
      {},
      {
        state: { phase: 'waiting', reason: 'CrashLoopBackOff' },
        previousEnd: { exitCode: 3, reason: 'Error' },
        restarts: 4,
      },
    ],
  ])('%s', (_, status, rest, expected) => {
    expect(container(status, rest).status).toMatchObject(expected);
  });

  test('a time of 0 and an empty image id are none', () => {
    const { status } = container({
      state: { terminated: { exitCode: 0, startedAt: '1970-01-01T00:00:00Z' } },
      imageID: '',
    });
    expect(status).toEqual({ state: { phase: 'ended', exitCode: 0 }, restarts: 0, ready: false, image: 'web:1' });
  });

  test('a pod that is being deleted leaves', () => {
    expect(containersOf(pod({}, { deletionTimestamp: ended }))[0]?.status.leaving).toBe(true);
  });
});

describe('whether another process can start', () => {
  const terminated = (exitCode: number) => ({ state: { terminated: { exitCode } } });
  const of =
    (kind: 'initContainers' | 'containers' | 'ephemeralContainers', restartPolicy?: string) => (exitCode: number) =>
      containersOf({
        ...pod(),
        spec: { containers: [], [kind]: [{ name: 'c', ...(restartPolicy !== undefined && { restartPolicy }) }] },
        status: {
          [{
            initContainers: 'initContainerStatuses',
            containers: 'containerStatuses',
            ephemeralContainers: 'ephemeralContainerStatuses',
          }[kind]]: [{ name: 'c', ...terminated(exitCode) }],
        },
      })[0]?.finished;

  test.each([
    ['an ended container may restart', of('containers')(0), false],
    ['an init container is done once it succeeded', of('initContainers')(0), true],
    ['a failed one is tried again', of('initContainers')(1), false],
    ['a sidecar restarts', of('initContainers', 'Always')(0), false],
    ['an ephemeral container never restarts', of('ephemeralContainers')(1), true],
    ['a running container', container({ state: { running: {} } }).finished, false],
    ['a pod that succeeded', container(terminated(0), { phase: 'Succeeded' }).finished, true],
    ['a pod that failed', container({}, { phase: 'Failed' }).finished, true],
  ])('%s', (_, finished, expected) => {
    expect(finished).toBe(expected);
  });
});
