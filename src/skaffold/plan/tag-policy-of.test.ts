import { describe, expect, it } from 'vitest';
import { configurationsOf, lineOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { TagPolicy } from '../../build/tagging/tag-policy.ts';
import { valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { tagPolicyOf } from './tag-policy-of.ts';

async function read(yaml: string) {
  const [configuration] = await configurationsOf(`build: { tagPolicy: ${yaml}, artifacts: [{ image: a }] }\n`);
  const found: Diagnostic[] = [];
  const policy = tagPolicyOf(valueAt(configuration?.document, 'build', 'tagPolicy'), (one) => found.push(one));
  return { policy, found: found.map(lineOf) };
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
  ])('%s', async (yaml, policy) => expect(await read(yaml)).toEqual({ policy, found: [] }));

  it('with a custom template in a custom template is reported there', async () => {
    const nested =
      '{ customTemplate: { template: "{{.A}}", components: [{ name: A, customTemplate: { template: x } }] } }';
    expect((await read(nested)).found).toEqual([
      expect.stringMatching(/^S027 1:\d+ `components` is `customTemplate`, but must be other tag policies/),
    ]);
  });
});
