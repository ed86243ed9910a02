import { expect, test } from 'vitest';
import type { TriedPod } from '../runtime/cluster-trial.ts';
import { usualDeployPermissions } from '../clusters/permissions-for-deploys.ts';
import { deploysFound, jobsFound, podFound } from './examine-cluster.ts';

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

test('doctor reports that a namespace takes deploys', () => {
  expect(deploysFound('kubernetes', 'shop', [])).toEqual({
    ...{ subject: 'kubernetes deploys', status: 'ok', advice: [] },
    detail: `all ${usualDeployPermissions.length} granted in namespace shop for Deployments, Services, ConfigMaps and Secrets`,
  });
});

test('doctor says which verbs deploys lack, and how to get them', () => {
  const missing = usualDeployPermissions.filter(
    ({ resource, verb, subresource }) =>
      (resource === 'deployments' && ['create', 'patch'].includes(verb)) || subresource === 'exec',
  );
  expect(deploysFound('kubernetes:prod', 'shop', missing)).toMatchObject({
    ...{ subject: 'kubernetes:prod deploys', status: 'warning' },
    detail: expect.stringMatching(/^4 of \d+ not granted in namespace shop for deploys of/) as string,
    advice: [
      'may not create, patch deployments.apps',
      'may not create, get pods/exec',
      'to deploy there, add these rules to a Role in namespace shop:',
      '- {apiGroups: ["apps"], resources: [deployments], verbs: [create, patch]}',
      '- {apiGroups: [""], resources: [pods/exec], verbs: [create, get]}',
      expect.stringContaining('docs/deploys.md') as string,
    ],
  });
});

test('doctor says which verbs jobs lack', () => {
  const missing = [{ verb: 'create', group: 'batch', resource: 'jobs', needed: 'always', why: '' }] as const;
  expect(jobsFound('kubernetes', 'shop', missing)).toMatchObject({
    ...{ subject: 'kubernetes jobs', status: 'warning' },
    detail: '1 of 12 not granted in namespace shop for Jobs',
    advice: [
      'may not create jobs.batch',
      'to run verifications and custom actions there, add these rules to a Role in namespace shop:',
      '- {apiGroups: ["batch"], resources: [jobs], verbs: [create]}',
      'docs/verify.md, "On a cluster", has all rules',
    ],
  });
  expect(jobsFound('kubernetes', 'shop', [])).toMatchObject({ status: 'ok' });
});
