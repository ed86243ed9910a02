import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import { ApiError } from '../../../clusters/api/api-error.ts';
import type { ClusterSession } from '../cluster-session.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { ContainerState } from '../../../clusters/pods/pod-types.ts';
import { fillerIn, wasFilled } from './was-filled.ts';

const ref = { runtime: 'kubernetes', id: 'u', name: 'p', labels: {}, state: 'running' as const };

function newsOf(state: ContainerState | undefined, ...reasons: readonly string[]): ObservedPod {
  const events = reasons.map((reason) => ({
    type: 'Normal',
    reason,
    message: '',
    fieldPath: 'spec.initContainers{slipway-fill}',
  }));
  return {
    pod: {
      metadata: { name: 'p', uid: 'u' },
      spec: { containers: [] },
      status: { initContainerStatuses: [{ name: 'slipway-fill', ...(state && { state }) }] },
    },
    events,
  };
}

describe('the filled container', () => {
  it.each<[string, ObservedPod, number, object]>([
    ['nothing is reported yet', newsOf(undefined), 0, { recheckInMs: 3_000 }],
    ['nothing is reported in time', newsOf(undefined), 3_000, { settled: 'absent' }],
    ['its status reports that it runs', newsOf({ running: {} }), 0, { settled: 'running' }],
    [
      'an Event reports it before its status',
      newsOf({ waiting: { reason: 'PodInitializing' } }, 'Pulled', 'Started'),
      0,
      { settled: 'running' },
    ],
    ['it was filled', newsOf({ terminated: { exitCode: 0 } }), 0, { settled: 'filled' }],
    ['it was stopped', newsOf({ terminated: { exitCode: 143 } }), 0, { settled: 'failed' }],
    ['its pod is gone', { ...newsOf(undefined), deleted: true }, 0, { settled: 'absent' }],
  ])('%s', (_, observed, now, expected) => expect(fillerIn(observed, 0, now)).toEqual(expected));

  it('counts as filled if it has run and has ended, before the cluster reports it', async () => {
    const observed = newsOf({ running: {} });
    const client = {
      webSocket: async () => await Promise.reject(new ApiError(500, 'container not found ("slipway-fill")')),
    };
    const follower = {
      observed,
      setUid: () => undefined,
      until: async (judge: (of: ObservedPod) => { settled?: unknown }) =>
        await Promise.resolve(judge(observed).settled),
      [Symbol.dispose]: () => undefined,
    };
    const session = {
      client,
      clock: new ManualClock(),
      namespace: 'n',
      watcher: { follow: () => follower },
    } as unknown as ClusterSession;
    expect(await wasFilled(session, ref, new AbortController().signal)).toBe(true);
  });
});
