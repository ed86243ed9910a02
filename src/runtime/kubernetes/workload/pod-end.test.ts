import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import { ApiError } from '../../../clusters/api/api-error.ts';
import type { ClusterSession } from '../cluster-session.ts';
import type { Judgement } from '../pod/judgement.ts';
import type { PodFollower } from '../pod/pod-watching.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { containerEnd, exitOf } from './pod-end.ts';

it.each([
  ['0\n', { code: 0 }],
  [
    'start-failed nope\n',
    {
      failure: {
        code: 'start-failed',
        detail: 'cannot run "nope": the image has no such command',
        cause: 'no-program',
      },
    },
  ],
  // A step can write there too, so control characters are removed.
  [
    'start-failed \u001b]0;mine\u0007\n',
    {
      failure: {
        code: 'start-failed',
        detail: 'cannot run "\ufffd]0;mine\ufffd": the image has no such command',
        cause: 'no-program',
      },
    },
  ],
  ['whatever', undefined],
])('the note %j', (noted, exit) => expect(exitOf(noted)).toEqual(exit));

it('the end of another container comes with its last lines', async () => {
  const status = {
    containerStatuses: [
      { name: 'slipway', state: { running: {} } },
      { name: 'step', state: { running: {} } },
      { name: 'other', state: { terminated: { exitCode: 9, reason: 'Error' } } },
    ],
  };
  const containers = status.containerStatuses.map(({ name }) => ({ name }));
  const metadata = { name: 'p', uid: 'u', annotations: { 'slipway.dev/containers': 'step' } };
  const observed: ObservedPod = { pod: { metadata, spec: { containers, nodeName: 'n' }, status }, events: [] };
  const follower: PodFollower = {
    observed,
    setUid: () => undefined,
    until: async <T>(judge: (of: ObservedPod) => Judgement<T>) => {
      const judged = judge(observed);
      return await ('settled' in judged ? Promise.resolve(judged.settled) : new Promise<T>(() => undefined));
    },
    [Symbol.dispose]: () => undefined,
  };
  const client = {
    webSocket: async () => await Promise.reject(new ApiError(404, 'nobody can be asked')),
    open: async (_method: string, _path: string, { query }: { query: Readonly<Record<string, unknown>> }) => {
      const log = `no port for ${String(query['container'])}\n`;
      return await Promise.resolve(Readable.from([Buffer.from(log)]) as IncomingMessage);
    },
  };
  const session = { client, clock: new ManualClock(), namespace: 'n' } as unknown as ClusterSession;
  expect(await containerEnd(session, 'p', 'step', follower, new AbortController().signal)).toMatchObject({
    failure: { code: 'container-failed', container: 'other', how: 'exited with code 9', detail: 'no port for other' },
  });
});
