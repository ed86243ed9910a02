import { describe, expect, it } from 'vitest';
import { configurationsOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { TagPolicy } from '../../build/tagging/tag-policy.ts';
import { valueAt } from '../../diagnostics/yaml/edit.ts';
import { tagPolicyOf } from './tag-policy-of.ts';

async function read(yaml: string) {
  const [configuration] = await configurationsOf(`build: { tagPolicy: ${yaml}, artifacts: [{ image: a }] }\n`);
  return tagPolicyOf(valueAt(configuration?.document, 'build', 'tagPolicy'));
}

const commit = { kind: 'gitCommit', variant: 'Tags', prefix: '', ignoreChanges: false } as const;
const time = { kind: 'dateTime', format: '2006-01-02_15-04-05.999_MST', timezone: 'Local' } as const;

describe('a tag policy', () => {
  it.each<[string, TagPolicy]>([
    ['{}', commit],
    ['{ gitCommit: {} }', commit],
    [
      '{ gitCommit: { variant: abbrevcommitsha, prefix: p-, ignoreChanges: true } }',
      { ...commit, variant: 'AbbrevCommitSha', prefix: 'p-', ignoreChanges: true },
    ],
    ['{ sha256: {} }', { kind: 'sha256' }],
    ['{ inputDigest: {} }', { kind: 'inputDigest' }],
    ['{ envTemplate: { template: "{{.A}}" } }', { kind: 'envTemplate', template: '{{.A}}' }],
    ['{ dateTime: {} }', time],
    ['{ dateTime: { format: "2006", timezone: UTC } }', { ...time, format: '2006', timezone: 'UTC' }],
    [
      '{ customTemplate: { template: "{{.A}}-{{.B}}", components: [{ name: A, sha256: {} }, { name: B, gitCommit: { variant: TreeSha } }] } }',
      {
        kind: 'customTemplate',
        template: '{{.A}}-{{.B}}',
        components: [
          { name: 'A', policy: { kind: 'sha256' } },
          { name: 'B', policy: { ...commit, variant: 'TreeSha' } },
        ],
      },
    ],
  ])('%s', async (yaml, policy) => expect(await read(yaml)).toEqual(policy));
});
