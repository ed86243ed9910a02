import { expect, test } from 'vitest';
import type { TriedPod } from '../runtime/kubernetes/try-pod.ts';
import { podFound } from './examine-cluster.ts';

test.each<[string, TriedPod, object]>([
  ['takes pods', { status: 'taken' }, { status: 'ok', advice: [] }],
  ['cannot be asked', { status: 'untried', because: 'a webhook' }, { status: 'warning', advice: ['a webhook'] }],
  [
    'is not there',
    {
      status: 'refused',
      failure: { code: 'start-failed', detail: 'the cluster has no namespace "ci"', by: 'cluster', noNamespace: 'ci' },
    },
    {
      status: 'missing',
      advice: [
        'the cluster has no namespace "ci"',
        expect.stringContaining('kubectl create namespace ci') as string,
        expect.stringContaining('--kube-context') as string,
      ],
    },
  ],
  [
    'is forbidden, which does not send people to where they are',
    { status: 'refused', failure: { code: 'forbidden', detail: 'a policy' } },
    { status: 'missing', advice: ['a policy'] },
  ],
])('doctor tells of a namespace that %s', (_, tried, expected) => {
  expect(podFound('kubernetes:prod', 'ci', tried)).toMatchObject({ subject: 'kubernetes:prod pods', ...expected });
});
