import type { RunCluster } from '../../model/run-cluster.ts';
import { expect, test } from 'vitest';
import type { ClusterEntry } from '../file/operator-file.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { chooseOwnCluster, type OwnClusterRequest } from './own-cluster-choice.ts';

const at = new SourceText('config.yaml', '').span(0, 0);
const prod = { kubeconfig: '/prod', context: 'admin@prod', namespace: 'apps', at };
const both = {
  clusters: new Map<string, ClusterEntry>([
    ['prod', prod],
    ['default', { context: 'staging', at }],
  ]),
  files: ['config.yaml'],
};
const none = { clusters: new Map<string, never>(), files: [] };
const place = (cluster: Partial<RunCluster>): RunCluster => ({ namespace: 'ci', server: 'https://c', ...cluster });

test.each<[string, Partial<OwnClusterRequest>, object]>([
  [
    'the name that it has',
    { word: 'kubernetes:prod', operator: both, kubeContext: 'dev' },
    { name: 'prod', kubeconfig: '/prod', context: 'admin@prod', namespace: 'apps', at, anything: false },
  ],
  ['--kube-context', { operator: both, kubeContext: 'dev' }, { context: 'dev', anything: false }],
  ['the default of the operator', { operator: both }, { name: 'default', context: 'staging', at, anything: false }],
  ['the current context', {}, { anything: true }],
  [
    'where the run was, though that is not the current context any more',
    { again: place({ context: 'old' }) },
    { context: 'old', namespace: 'ci', anything: false },
  ],
  [
    'where the run was, though the operator names another namespace by now',
    { operator: both, again: place({ name: 'prod', context: 'admin@prod' }) },
    { name: 'prod', kubeconfig: '/prod', context: 'admin@prod', namespace: 'ci', at, anything: false },
  ],
  [
    'where the run was, though there is a default by now',
    { operator: both, again: place({ context: 'old' }) },
    { context: 'old', namespace: 'ci', anything: false },
  ],
])('--on kubernetes means %s', (_, request, expected) => {
  expect(chooseOwnCluster({ word: 'kubernetes', operator: none, ...request })).toEqual({
    value: { from: 'kubeconfig', ...expected },
    diagnostics: [],
  });
});

test('a run that started with the account of a pod resumes with it', () => {
  expect(chooseOwnCluster({ word: 'kubernetes', operator: both, kubeContext: 'dev', again: place({}) }).value).toEqual({
    from: 'account',
    namespace: 'ci',
  });
});

test.each<[string, Partial<OwnClusterRequest>]>([
  ['a name', { word: 'kubernetes:prdo', operator: both }],
  ['the name that a run had', { again: place({ name: 'prdo', context: 'x' }) }],
])('%s that is not mapped is told', (_, request) => {
  expect(chooseOwnCluster({ word: 'kubernetes', operator: none, ...request })).toMatchObject({
    diagnostics: [{ code: 'W081', message: expect.stringContaining('maps no cluster `prdo`') as string }],
  });
});
