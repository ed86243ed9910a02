import { expect, test } from 'vitest';
import type { ClusterLoader } from '../../deploy/load/cluster-loader.ts';
import { loadDecision, type LoadFacts } from './load-decision.ts';

const kind: ClusterLoader = { tool: 'kind', cluster: 'dev' };
const minikube: ClusterLoader = { tool: 'minikube', cluster: 'minikube' };

test.each<[string, Partial<LoadFacts>, ReturnType<typeof loadDecision>]>([
  ['a cluster of kind', { kubeContext: 'kind-dev' }, { tool: 'kind', cluster: 'dev' }],
  ['a cluster of k3d', { kubeContext: 'k3d-dev' }, { tool: 'k3d', cluster: 'dev' }],
  ['minikube', { kubeContext: 'minikube' }, { tool: 'minikube', cluster: 'minikube' }],
  ['minikube whose engine built the images', { kubeContext: 'minikube', activeMinikube: 'minikube' }, undefined],
  ['Docker Desktop, which shares the images', { kubeContext: 'docker-desktop' }, undefined],
  ['another machine', { kubeContext: 'prod' }, undefined],
  ['an engine', {}, undefined],
  ['loading is disabled', { kubeContext: 'kind-dev', disabled: { kind: true } }, undefined],
  ['loading is disabled for others', { kubeContext: 'kind-dev', disabled: { k3d: true } }, kind],
  ['a cluster that is not local', { kubeContext: 'kind-dev', localCluster: false }, undefined],
  ['--no-load-images', { flag: false, kubeContext: 'kind-dev' }, undefined],
  ['--load-images', { flag: true, kubeContext: 'kind-dev', disabled: { kind: true } }, kind],
  ['--load-images into minikube', { flag: true, kubeContext: 'minikube' }, minikube],
  ['--load-images into another machine', { flag: true, kubeContext: 'prod' }, 'impossible'],
  ['--load-images into an engine', { flag: true }, 'impossible'],
])('%s', (_, facts, decision) => {
  expect(loadDecision({ flag: undefined, kubeContext: undefined, disabled: {}, ...facts })).toEqual(decision);
});
