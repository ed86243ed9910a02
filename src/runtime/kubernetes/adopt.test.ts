import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { noKubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ClusterSession } from './cluster-session.ts';
import { KubernetesRuntime } from './kubernetes-runtime.ts';
import { unfilledMessage } from './pod/gate.ts';
import type { ContainerStatus, Pod } from '../../clusters/pods/pod-types.ts';
import { orAborted } from '../../util/abort.ts';

const ended = (name: string, message?: string): ContainerStatus => ({
  name,
  state: { terminated: { exitCode: 143, ...(message !== undefined && { message }) } },
});
const podOf = (...containerStatuses: ContainerStatus[]): Pod => ({
  metadata: { name: 'p', uid: 'u', annotations: { 'slipway.dev/containers': 'step' } },
  spec: { containers: [{ name: 'slipway' }, { name: 'step' }], nodeName: 'n1' },
  status: { phase: 'Failed', containerStatuses },
});

it.each<[string, Pod, string]>([
  [
    'ended itself because no process filled it is removed, and the step starts again',
    podOf(ended('slipway', `${unfilledMessage} within 900 s`), ended('step')),
    'failed',
  ],
  ['ended is adopted', podOf(ended('slipway'), ended('step')), 'succeeded'],
])('a pod that %s', async (_, pod, status) => {
  const asked: string[] = [];
  const client = {
    json: async (method: string) => {
      asked.push(method);
      return await Promise.resolve(pod);
    },
  };
  const until = async (__: unknown, signal: AbortSignal) =>
    await orAborted(new Promise<never>(() => undefined), signal);
  const watcher = {
    follow: () => ({ observed: { events: [] }, setUid: () => undefined, until, [Symbol.dispose]: () => undefined }),
    close: () => undefined,
  };
  const clock = new ManualClock();
  const session = {
    client,
    clock,
    namespace: 'n',
    settings: noKubernetesSettings,
    watcher,
    lastRemoval: {},
    withoutShell: new Set(),
  } as unknown as ClusterSession;
  const work = {
    signal: new AbortController().signal,
    clock,
    output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
  };
  const outcome = await new KubernetesRuntime(session, 'k').adopt(
    { runtime: 'kubernetes', id: 'u', name: 'p', labels: {}, state: 'exited' },
    work,
  );
  expect(outcome).toMatchObject(status === 'failed' ? { status, failure: { code: 'start-failed' } } : { status });
  expect(asked).toEqual(status === 'failed' ? ['GET', 'DELETE'] : ['GET']);
});
