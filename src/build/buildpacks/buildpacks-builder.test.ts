import { expect, it } from 'vitest';
import { withProgram } from '../../../test/rigs/fake-program.ts';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { succeeded } from '../../model/outcome.ts';
import { buildpacksBuilder } from './buildpacks-builder.ts';

const options = {
  ...{ env: [], buildpacks: [], trustBuilder: false, clearCache: false, projectDescriptor: 'project.toml' },
  ...{ volumes: [], args: [], dependencies: { paths: [], ignore: [] } },
};
const buildOf = (context: string, platforms: readonly string[] = []) => ({
  ...{ image: 'app', reference: 'app:v1', context, requires: [], platforms, options },
});

it.each([
  [{}, ''],
  [{ 'project.toml': '' }, '--descriptor project.toml'],
])('runs pack in a project with %j', async (files, said) => {
  await using project = await projectDir(files);
  const { work, text } = recordingWork();
  const builder = buildpacksBuilder({
    env: await withProgram(project, 'pack', 'shift 7; echo "$@"'),
    find: async () => await Promise.resolve(succeeded({ id: 'sha256:1' })),
  });
  expect(await builder.build(buildOf(project.path), work)).toEqual({ status: 'succeeded', value: { id: 'sha256:1' } });
  expect(text().trim()).toBe(said);
});

it('fails as pack does, and refuses several platforms', async () => {
  await using project = await projectDir({});
  const builder = buildpacksBuilder({
    env: await withProgram(project, 'pack', 'exit 5'),
    find: () => Promise.reject(new Error('no image is looked up')),
  });
  const { work } = recordingWork();
  expect(await builder.build(buildOf(project.path), work)).toMatchObject({ failure: { exitCode: 5 } });
  const two = buildOf(project.path, ['linux/amd64', 'linux/arm64']);
  expect(await builder.build(two, work)).toMatchObject({ failure: { code: 'unsupported' } });
});
