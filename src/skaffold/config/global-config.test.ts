import { expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readGlobalConfig, type GlobalConfig } from './global-config.ts';

const text = `
global:
  default-repo: registry.example/all
  insecure-registries: [a.example]
  survey: {last-prompted: "2026-01-01"}
kubeContexts:
  - kube-context: kind-dev
    default-repo: registry.example/dev
    multi-level-repo: true
    insecure-registries: [b.example]
    local-cluster: false
    kind-disable-load: true
  - kube-context: empty
    default-repo: ""
`;

it.each<[string | undefined, GlobalConfig]>([
  [undefined, { defaultRepo: 'registry.example/all', insecureRegistries: ['a.example'] }],
  ['other', { defaultRepo: 'registry.example/all', insecureRegistries: ['a.example'] }],
  ['empty', { defaultRepo: 'registry.example/all', insecureRegistries: ['a.example'] }],
  [
    'kind-dev',
    {
      defaultRepo: 'registry.example/dev',
      multiLevelRepo: true,
      insecureRegistries: ['b.example', 'a.example'],
      localCluster: false,
      loadDisabled: { kind: true },
    },
  ],
])('with the kube context %j it says %j', async (context, expected) => {
  const files = memoryFiles({ '/home/me/.skaffold/config': text });
  expect(await readGlobalConfig('/home/me/.skaffold/config', context, files, () => undefined)).toEqual(expected);
});

it('says nothing without a file, and reports one that cannot be read', async () => {
  const found: Diagnostic[] = [];
  const read = async (content: Record<string, string>) =>
    await readGlobalConfig('/c', 'x', memoryFiles(content), (diagnostic) => found.push(diagnostic));
  expect(await read({})).toEqual({ insecureRegistries: [] });
  expect(found).toEqual([]);
  expect(await read({ '/c': 'global: {' })).toEqual({ insecureRegistries: [] });
  expect(found).toMatchObject([{ code: 'W004', place: { file: '/c', line: 1 } }]);
});
