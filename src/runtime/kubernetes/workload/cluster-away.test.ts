import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import { noKubernetesSettings } from '../../../model/kubernetes-settings.ts';
import { labelKeys, type WorkloadSpec } from '../../runtime.ts';
import { ApiError, ClusterLost } from '../../../clusters/api/api-error.ts';
import type { ClusterSession } from '../cluster-session.ts';
import type { PodFollower } from '../pod/pod-watching.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { askPod } from './helper.ts';
import { readPath } from './pod-files.ts';
import { PodWorkload } from './pod-workload.ts';
import { startPod } from './start-pod.ts';
import { orAborted } from '../../../util/abort.ts';

const forever = new AbortController().signal;
const lost = new ClusterLost('connection refused');
const pod: Pod = {
  metadata: { name: 'p', uid: 'u', annotations: { 'slipway.dev/containers': 'step' } },
  spec: { containers: [{ name: 'slipway' }, { name: 'step' }] },
};
const spec: WorkloadSpec = {
  name: 'p',
  labels: { [labelKeys.run]: 'r' },
  lifetime: 'step',
  containers: [{ name: 'step', image: 'i', command: ['true'], env: {}, mounts: [] }],
  volumes: [],
  pull: 'missing',
};

interface Way {
  json?(method: string): Promise<unknown>;
  webSocket?(): Promise<never>;
}

/** A cluster whose watches report nothing. */
function clusterOf(way: Way) {
  const clock = new ManualClock();
  let left = 0;
  const follower: PodFollower = {
    observed: { events: [] },
    setUid: () => undefined,
    until: async (_, signal) => await orAborted(new Promise<never>(() => undefined), signal),
    [Symbol.dispose]: () => void left++,
  };
  const client = {
    json: async (method: string) => (await way.json?.(method)) ?? {},
    webSocket: async () => await (way.webSocket?.() ?? Promise.reject(lost)),
  };
  const session = {
    client,
    clock,
    namespace: 'n',
    settings: noKubernetesSettings,
    watcher: { follow: () => follower, close: () => undefined },
    withoutShell: new Set(),
    lastRemoval: {},
    logPermission: { refusal: async () => await Promise.resolve(undefined) },
  } as unknown as ClusterSession;
  return { session, clock, follower, left: () => left };
}

describe('an unreachable cluster', () => {
  it('is not a bug during a stop', async () => {
    const { session, clock, follower } = clusterOf({ json: async () => await Promise.reject(lost) });
    const workload = new PodWorkload(session, { pod, follower });
    let wrong: unknown;
    const stopping = workload.stop(1_000).catch((error: unknown) => (wrong = error));
    await clock.whileTimePasses(clock.sleep(120_000));
    // The error belongs to a caller of `exited()`, and here there is none.
    await expect(clock.whileTimePasses(workload[Symbol.asyncDispose]())).rejects.toThrow(ClusterLost);
    await stopping;
    expect(wrong).toBeUndefined();
  });

  it('releases all listeners, although the pod cannot be removed', async () => {
    const { session, clock, follower, left } = clusterOf({ json: async () => await Promise.reject(lost) });
    await expect(
      clock.whileTimePasses(new PodWorkload(session, { pod, follower })[Symbol.asyncDispose]()),
    ).rejects.toThrow(ClusterLost);
    expect(left()).toBe(1);
  });

  it('removes the pod only on the second request', async () => {
    const answers = [new ApiError(403, 'you may not')];
    const asked: string[] = [];
    const { session, clock, follower } = clusterOf({
      json: async (method) => {
        asked.push(method);
        const refusal = answers.shift();
        return await (refusal === undefined ? Promise.resolve({}) : Promise.reject(refusal));
      },
    });
    const workload = new PodWorkload(session, { pod, follower });
    await expect(clock.whileTimePasses(workload[Symbol.asyncDispose]())).rejects.toThrow('you may not');
    await workload[Symbol.asyncDispose]();
    await workload[Symbol.asyncDispose]();
    expect(asked).toEqual(['DELETE', 'DELETE']);
  });

  it('reports why no shell can be opened', async () => {
    const { session, clock, follower } = clusterOf({
      webSocket: async () =>
        await Promise.reject(
          new ApiError(403, 'User "u" cannot get resource "pods/exec" in API group "" in the namespace "n"'),
        ),
    });
    const running: ObservedPod = {
      pod: { ...pod, status: { containerStatuses: [{ name: 'step', state: { running: {} } }] } },
      events: [],
    };
    follower.until = async (judge) => {
      const judged = judge(running);
      return 'settled' in judged ? judged.settled : await new Promise<never>(() => undefined);
    };
    const written: string[] = [];
    const terminal = {
      interactive: false,
      input: (async function* () {})(),
      write: (bytes: Uint8Array) => void written.push(String(bytes)),
      size: { columns: 80, rows: 24 },
      onResize: () => ({ [Symbol.dispose]: () => undefined }),
      signal: forever,
    };
    const exit = await clock.whileTimePasses(
      new PodWorkload(session, { pod, follower }).open('step', ['sh'], terminal),
    );
    expect(exit).toMatchObject({
      failure: { code: 'forbidden', detail: expect.stringContaining('resources: [pods/exec], verbs: [get]') as string },
    });
    expect(written).toEqual([]);
  });

  it.each([
    ['away', lost, 'runtime-lost'],
    ['a cluster that forbids the removal', new ApiError(403, 'you may not'), 'forbidden'],
  ])('a failed start is reported although its pod cannot be removed: %s', async (_, error, code) => {
    const { session, clock, follower } = clusterOf({
      json: async (method) => await (method === 'POST' ? Promise.resolve(pod) : Promise.reject(error)),
    });
    follower.until = async () => await Promise.reject(error);
    const outcome = await clock.whileTimePasses(
      startPod(session, spec, {
        signal: forever,
        clock,
        output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
      }),
    );
    expect(outcome).toMatchObject({ status: 'failed', failure: { code } });
  });
});

describe('a failing cluster', () => {
  it('does not count as a container that is not running', async () => {
    await expect(
      askPod(
        clusterOf({ webSocket: async () => await Promise.reject(new ApiError(503, 'overloaded')) }).session,
        'p',
        ['true'],
        forever,
      ),
    ).rejects.toThrow('overloaded');
    expect(
      await askPod(
        clusterOf({
          webSocket: async () =>
            await Promise.reject(new ApiError(500, 'unable to upgrade connection: container not found ("slipway")')),
        }).session,
        'p',
        ['true'],
        forever,
      ),
    ).toBeUndefined();
  });

  it('is retried when reading', async () => {
    const answers = [new ApiError(503, 'overloaded'), lost, new ApiError(404, 'pods "p" not found')];
    const { session, clock } = clusterOf({ webSocket: async () => await Promise.reject(answers.shift() ?? lost) });
    expect(
      await clock.whileTimePasses(readPath(session, { pod: 'p', container: 'slipway', path: '/mnt/repo' }, forever)),
    ).toBeUndefined();
    expect(answers).toEqual([]);
  });

  it('is retried when it refuses a pod for a transient reason', async () => {
    const refusals = [
      new ApiError(
        403,
        'pods "p" is forbidden: error looking up service account n/default: serviceaccount "default" not found',
      ),
      new ApiError(409, 'Operation cannot be fulfilled on resourcequotas "q"'),
    ];
    const asked: string[] = [];
    const { session, clock, follower } = clusterOf({
      json: async (method) => {
        asked.push(method);
        const refusal = refusals.shift();
        return await (refusal === undefined ? Promise.resolve(pod) : Promise.reject(refusal));
      },
    });
    follower.until = async () => await Promise.reject(new ApiError(403, 'enough'));
    await clock.whileTimePasses(
      startPod(session, spec, {
        signal: forever,
        clock,
        output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
      }),
    );
    expect(asked).toEqual(['POST', 'POST', 'POST', 'DELETE']);
  });
});
