import { expect, it } from 'vitest';
import { configurationsOf, lineOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { reportUnusedInBuild as reportInBuild, reportUnusedParts } from './unused-parts.ts';

const reportUnusedInBuild: typeof reportUnusedParts = (document, report) => reportInBuild(document, undefined, report);

async function found(yaml: string, report: typeof reportUnusedParts): Promise<readonly string[]> {
  const all: Diagnostic[] = [];
  for (const { document } of await configurationsOf(yaml)) report(document, (one) => all.push(one));
  return all.map(lineOf);
}

it('names what no command uses', async () => {
  const yaml = `build: { googleCloudBuild: {} }
manifests:
  kpt: [.]
  validate: [{ name: kubeval }]
deploy: { cloudrun: {}, kubectl: {} }
`;
  expect(await found(yaml, reportUnusedParts)).toEqual([
    'S051 3:3 `manifests.kpt` is not used',
    'S051 4:3 `manifests.validate` is not used',
    'S051 5:11 `deploy.cloudrun` is not used',
  ]);
});

const artifacts = (...more: readonly string[]) => `  artifacts:\n${more.map((one) => `    - ${one}\n`).join('')}`;

it.each([
  [
    'Google Cloud Build',
    '  googleCloudBuild: {}\n',
    ['S050 2:3 `googleCloudBuild` builds in Google Cloud, which Slipway does not use'],
  ],
  [
    'a build with the `docker` command',
    '  local: { useDockerCLI: true }\n',
    ['S052 2:12 `useDockerCLI` has no effect: Slipway builds through the API of the engine'],
  ],
  [
    'values that change nothing',
    '  local: { useDockerCLI: false, useBuildkit: false, tryImportMissing: true, push: true }\n',
    [],
  ],
])('a build reports %s', async (_, lines, expected) => {
  expect(await found(`build:\n${lines}${artifacts('image: app')}`, reportUnusedInBuild)).toEqual(expected);
});

it('a build takes the place of the command line instead of that of the file', async () => {
  const on = async (words: readonly string[], section: string) =>
    await found(`build:\n  ${section}: {}\n${artifacts('image: app')}`, (document, report) =>
      reportInBuild(document, words, report),
    );
  const why = 'the command line says where to build';
  expect(await on(['docker'], 'googleCloudBuild')).toEqual([`S052 2:3 \`googleCloudBuild\` has no effect: ${why}`]);
  expect(await on(['docker'], 'cluster')).toEqual([`S052 2:3 \`cluster\` has no effect: ${why}`]);
  expect(await on(['kubernetes'], 'cluster')).toEqual([]);
});

it('a build in a cluster uses all of `build.cluster`', async () => {
  expect(await found(`build:\n  cluster: {}\n${artifacts('image: app')}`, reportUnusedInBuild)).toEqual([]);
});
