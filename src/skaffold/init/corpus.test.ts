/**
 * How often `init` finds what the authors of real configurations wrote. Of their repositories only the `skaffold.yaml` files are here,
 * so each project is made from one: a Dockerfile where it says, and a manifest that names its images. The files are not part of this
 * repository.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFiles } from '../../../test/rigs/shared-files.ts';
import { itemsOf, entryOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { ProjectImage } from '../../engine/project-initializer.ts';
import { sourceFiles } from '../../util/source-files.ts';
import { readConfigurations } from '../config/read-configurations.ts';
import { projectTree } from './build-context.ts';
import { findDockerfile } from './find-dockerfile.ts';
import { planArtifacts } from './plan-artifacts.ts';

const corpus = sharedFiles('corpus');

interface Written {
  readonly image: string;
  /** Relative to the project. */
  readonly dockerfile: string;
}

/** Returns the Docker artifacts of a configuration whose Dockerfiles are in its folder. */
async function artifactsOf(file: string): Promise<readonly Written[]> {
  const { configurations } = await readConfigurations(
    {
      ...{ path: file, command: 'build', profiles: [], autoActivation: false, propagateProfiles: true, modules: [] },
      ...{ env: {}, fetch: 'never', strict: true },
    },
    {
      ...{ files: sourceFiles, home: '/home', random: () => 'random' },
      kube: async () => await Promise.resolve({}),
      repositories: { git: async () => await Promise.resolve({ why: 'not in this test' }) },
    },
  );
  const own = configurations.filter((one) => one.file === file);
  return own.flatMap(({ document }) =>
    itemsOf(valueAt(document, 'build', 'artifacts')).flatMap((artifact) => {
      if (entryOf(artifact, 'docker') === undefined) return [];
      const context = textAt(artifact, 'context') ?? '';
      const path = relative(dirname(file), join(context, textAt(artifact, 'docker', 'dockerfile') ?? 'Dockerfile'));
      const image = textAt(artifact, 'image') ?? '';
      return path.startsWith('..') || image.includes('{') ? [] : [{ image, dockerfile: path }];
    }),
  );
}

/** Images of others, which most projects run, too. */
const foreign = ['redis:7', 'postgres:16'].map((written): ProjectImage => ({
  name: written.replace(/:.*/, ''),
  written,
  at: '',
  pinned: true,
}));

describe.skipIf(corpus.missing)('real configurations (shared/corpus is there)', () => {
  it('are matched as their authors did, or asked about', { timeout: 60_000 }, async () => {
    const counts = { artifacts: 0, same: 0, asked: 0, missing: 0, other: 0, projects: 0, wholeProjects: 0 };
    for (const set of ['skaffold', 'real']) {
      const cases = JSON.parse(readFileSync(join(corpus.path, set, 'index.json'), 'utf8')) as readonly {
        readonly file: string;
        readonly profile: string | null;
        readonly merged?: string;
      }[];
      for (const { file, profile, merged } of cases) {
        if (profile !== null || merged === undefined) continue;
        const written = await artifactsOf(join(corpus.path, set, 'input', file));
        const unique = written.filter(
          ({ dockerfile, image }, i) =>
            written.findIndex((one) => one.dockerfile === dockerfile || one.image === image) === i,
        );
        if (unique.length === 0) continue;
        const project = basename(dirname(file)).replace(/^.*__|@.*$/g, '');
        const tree = projectTree(
          unique.map(({ dockerfile }) => dockerfile),
          unique.map(({ dockerfile }) => posix.dirname(dockerfile)),
        );
        const builders = unique.flatMap(
          ({ dockerfile }) => findDockerfile(dockerfile, 'FROM scratch\n', { project, tree }).builder ?? [],
        );
        const own = unique.map(({ image }): ProjectImage => ({ name: image, written: image, at: '', pinned: false }));
        const images = [...foreign.filter(({ name }) => !own.some((one) => one.name === name)), ...own];
        const { artifacts, questions } = planArtifacts({ images, builders }, new Map());
        const before = counts.same;
        for (const { image, dockerfile } of unique) {
          counts.artifacts++;
          const found = artifacts.find((one) => one.image === image);
          if (found?.builder.path === dockerfile) counts.same++;
          else if (found) counts.other++;
          else if (questions.some((one) => one.kind === 'builder' && one.image.name === image)) counts.asked++;
          else counts.missing++;
        }
        counts.projects++;
        if (counts.same - before === unique.length) counts.wholeProjects++;
      }
    }
    // docs/skaffold.md has the figures of the whole set.
    expect(counts.other).toBe(0);
    expect(counts.missing).toBe(0);
    expect(counts.same / counts.artifacts).toBeGreaterThan(0.9);
  });
});
