import { expect, test } from 'vitest';
import { deployHookVariables, type DeployHookFacts } from './deploy-hook-variables.ts';

test.each<[string, DeployHookFacts, Record<string, string>]>([
  [
    'a cluster of a kubeconfig',
    { run: 'r1', cluster: { context: 'dev', namespaces: ['shop', 'cart', 'shop'] } },
    { SKAFFOLD_RUN_ID: 'r1', SKAFFOLD_KUBE_CONTEXT: 'dev', SKAFFOLD_NAMESPACES: 'cart,shop' },
  ],
  [
    'the cluster that Slipway runs in',
    { run: 'r1', cluster: { namespaces: ['shop'] } },
    { SKAFFOLD_RUN_ID: 'r1', SKAFFOLD_NAMESPACES: 'shop' },
  ],
  ['an engine', { run: 'r1' }, { SKAFFOLD_RUN_ID: 'r1' }],
  ['a render without a cluster', {}, {}],
])('variables of hooks: %s', (_, facts, variables) => {
  expect(deployHookVariables(facts)).toEqual(variables);
});
