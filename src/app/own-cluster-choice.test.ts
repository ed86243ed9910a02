import { expect, test } from 'vitest';
import type { ClusterEntry } from '../config/operator/operator-file.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { RunCluster } from '../events/event.ts';
import { chooseOwnCluster, type OwnClusterRequest } from './own-cluster-choice.ts';

const at = new SourceText('config.yaml', '').span(0, 0);
const prod = { kubeconfig: '/prod', context: 'admin@prod', namespace: 'apps', at };
const both = new Map<string, ClusterEntry>([['prod', prod], ['default', { context: 'staging', at }]]);
const none = new Map<string, never>();
const place = (cluster: Partial<RunCluster>): RunCluster => ({ namespace: 'ci', server: 'https://c', ...cluster });

test.each<[string, Partial<OwnClusterRequest>, object]>([
  ['the name that it has', { word: 'kubernetes:prod', clusters: both, kubeContext: 'dev' }, { name: 'prod', kubeconfig: '/prod', context: 'admin@prod', namespace: 'apps', anything: false }],
  ['--kube-context', { clusters: both, kubeContext: 'dev' }, { context: 'dev', anything: false }],
  ['the default of the operator', { clusters: both }, { name: 'default', context: 'staging', anything: false }],
  ['the current context', {}, { anything: true }],
  ['where the run was, though that is not the current context any more', { again: place({ context: 'old' }) }, { context: 'old', namespace: 'ci', anything: false }],
  ['where the run was, though the operator names another namespace by now', { clusters: both, again: place({ name: 'prod', context: 'admin@prod' }) }, { name: 'prod', kubeconfig: '/prod', context: 'admin@prod', namespace: 'ci', anything: false }],
  ['where the run was, though there is a default by now', { clusters: both, again: place({ context: 'old' }) }, { context: 'old', namespace: 'ci', anything: false }],
])('--on kubernetes means %s', (_, request, expected) => {
  expect(chooseOwnCluster({ word: 'kubernetes', clusters: none, ...request })).toEqual({ from: 'kubeconfig', ...expected });
});

test('a run that was begun with the account of a pod goes on with that', () => {
  expect(chooseOwnCluster({ word: 'kubernetes', clusters: both, kubeContext: 'dev', again: place({}) })).toEqual({ from: 'account', namespace: 'ci' });
});

test.each<[string, Partial<OwnClusterRequest>]>([
  ['a name', { word: 'kubernetes:prdo', clusters: both }],
  ['the name that a run had', { again: place({ name: 'prdo', context: 'x' }) }],
])('%s that is not mapped is told', (_, request) => {
  expect(chooseOwnCluster({ word: 'kubernetes', clusters: none, ...request })).toMatch(/maps no cluster "prdo"/);
});
