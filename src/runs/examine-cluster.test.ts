import { expect, test } from 'vitest';
import type { TriedPod } from '../runtime/cluster-trial.ts';
import { podFound } from './examine-cluster.ts';

test.each<[string, TriedPod, object]>([
  ['accepts pods', { status: 'taken' }, { status: 'ok', advice: [] }],
  [
    'has a webhook without dry run',
    { status: 'untried', because: 'a webhook' },
    { status: 'warning', advice: ['a webhook'] },
  ],
  [
    'does not exist',
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
    'rejects pods, without the advice to run doctor',
    { status: 'refused', failure: { code: 'forbidden', detail: 'a policy' } },
    { status: 'missing', advice: ['a policy'] },
  ],
])('doctor reports a namespace that %s', (_, tried, expected) => {
  expect(podFound('kubernetes:prod', 'ci', tried)).toMatchObject({ subject: 'kubernetes:prod pods', ...expected });
});
