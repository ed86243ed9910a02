import { expect, it } from 'vitest';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { startWait } from './start-wait.ts';

const createdAt = 1_000_000;
const question = { createdAt, afterMs: 1_500 };
const event = (reason: string, message = '', fieldPath?: string): PodEvent => ({
  type: 'Normal',
  reason,
  message,
  ...(fieldPath !== undefined && { fieldPath }),
});
const observed = (spec: object, more: object = {}, events: readonly PodEvent[] = []): ObservedPod => ({
  pod: { metadata: { name: 'p' }, spec: { containers: [], ...spec }, ...more },
  events,
});
const condition = {
  status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] },
};

it.each<[string, ObservedPod, string | undefined]>([
  [
    'a scheduler that does not exist',
    observed({ schedulerName: 'nobody' }),
    'waiting for a node: no scheduler called nobody has picked up the pod yet',
  ],
  [
    'a scheduler that is away',
    observed({}),
    'waiting for a node: no scheduler called default-scheduler has picked up the pod yet',
  ],
  ['not reported: the scheduler says why', observed({}, condition), undefined],
  ['not reported: an Event says why', observed({}, {}, [event('FailedScheduling', '0/1 nodes')]), undefined],
  [
    'a node that does not start the pod',
    observed({ nodeName: 'n1' }, {}, [event('Scheduled')]),
    'waiting for node n1 to start the pod',
  ],
  [
    'nothing: the node pulls an image',
    observed({ nodeName: 'n1' }, {}, [event('Pulling', '', 'spec.containers{step}')]),
    undefined,
  ],
  ['nothing: the node reports a problem', observed({ nodeName: 'n1' }, {}, [event('FailedMount')]), undefined],
  [
    'nothing: the node has started the pod',
    observed({ nodeName: 'n1' }, { status: { containerStatuses: [{ name: 'step' }] } }),
    undefined,
  ],
  ['nothing: the pod has not been seen yet', { events: [] }, undefined],
  [
    'an unreachable cluster',
    {
      ...observed({ schedulerName: 'nobody' }),
      disconnectedSince: createdAt,
      disconnectedReason: 'connection refused',
    },
    'waiting for the cluster, which does not answer: connection refused',
  ],
])('a pod waits for %s', (_, about, words) => {
  const later = startWait(about, { ...question, now: createdAt + 1_500 });
  expect('settled' in later ? later.settled : undefined).toBe(words);
  expect(startWait(about, { ...question, now: createdAt + 500 })).toEqual(
    words === undefined ? {} : { recheckInMs: 1_000 },
  );
});
