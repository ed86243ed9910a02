import { expect, it } from 'vitest';
import { configurationsOf, lineOf, textFiles } from '../../../test/rigs/skaffold-configurations.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { skaffoldReader } from '../configuration-reader.ts';
import { checkBuild } from './check-build.ts';

async function found(yaml: string, files: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const all: Diagnostic[] = [];
  const configurations = await configurationsOf(yaml);
  await checkBuild(configurations, { files: textFiles(files), env: {} }, (one) => void all.push(one));
  return all.map(lineOf);
}

it('finds mistakes of artifacts, tags, places and tests at once', async () => {
  const yaml = `build:
  googleCloudBuild: {}
  tagPolicy: { envTemplate: { template: "{{.V" } }
  artifacts:
    - { image: app, docker: { squash: true } }
test:
  - { image: app, structureTests: ["tests/*.yaml"] }
  - { image: ap, custom: [{ command: ./test.sh }] }
`;
  expect(await found(yaml)).toEqual([
    expect.stringMatching(/^S024 5:31 /),
    expect.stringMatching(/^S050 2:3 /),
    expect.stringMatching(/^S074 3:14 /),
    expect.stringMatching(/^S081 7:36 /),
    expect.stringMatching(/^S080 8:14 /),
  ]);
});

const artifacts = (...lines: readonly string[]) =>
  `build:\n  artifacts:\n${lines.map((one) => `    - ${one}\n`).join('')}`;
const tagged = (template: string) =>
  `build:\n  tagPolicy: { envTemplate: { template: '${template}' } }\n  artifacts: [{ image: app }]\n`;

it.each<[string, string]>([
  ['an image without a registry that a cluster builds, which a flag can give', artifacts('{ image: a, kaniko: {} }')],
  ['a tag of Git, which is not asked', 'build: { tagPolicy: { gitCommit: {} }, artifacts: [{ image: app }] }\n'],
  ['a digest, which is not made', 'build: { tagPolicy: { inputDigest: {} }, artifacts: [{ image: app }] }\n'],
  ['a tag of a program, which is not run', tagged('{{cmd "/none/such"}}/x')],
  [
    'the output of a program, which is not run',
    artifacts(`{ image: a, custom: { buildCommand: '{{fail (cmd "/none/such")}}' } }`),
  ],
  ['a configuration without artifacts and tests', 'deploy: { kubectl: {} }\n'],
])('reports nothing of %s', async (_, yaml) => {
  expect(await found(yaml)).toEqual([]);
});

it.each<[string, string, string]>([
  ['a variable that a tag needs', tagged('{{.V}}'), 'S070'],
  ['a template that is invalid beside a program', tagged('{{cmd "/none/such"}}{{upper}'), 'S074'],
  ['a name of an image', artifacts('{ image: app_ }'), 'S072'],
])('checks %s', async (_, yaml, code) => {
  expect(await found(yaml)).toEqual([expect.stringMatching(new RegExp(`^${code} `))]);
});

it('leaves the configuration that can be merged, and says nothing with --yaml-only', async () => {
  const reader = skaffoldReader({
    files: textFiles({
      '/p/skaffold.yaml': `apiVersion: skaffold/v4beta13\nkind: Config\n${artifacts('{ image: app, docker: { squash: true } }')}`,
    }),
    ...{ home: '/home/me', env: {}, repositories: '/none' },
    kube: async () => await Promise.resolve({}),
  });
  const merged = async (strict: boolean) =>
    await reader.merged({
      ...{ path: '/p', command: 'diagnose', profiles: [], modules: [], env: {}, strict },
      ...{ autoActivation: false, propagateProfiles: true, fetch: 'never' },
    });
  const [whole, yamlOnly] = [await merged(true), await merged(false)];
  expect(whole.diagnostics.map(({ code }) => code)).toEqual(['S024']);
  expect(yamlOnly.diagnostics).toEqual([]);
  for (const { configurations } of [whole, yamlOnly]) expect(configurations).toHaveLength(1);
});
