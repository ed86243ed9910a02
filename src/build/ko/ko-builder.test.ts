import { describe, expect, it } from 'vitest';
import { withProgram } from '../../../test/rigs/fake-program.ts';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { succeeded } from '../../model/outcome.ts';
import type { CommandSurroundings } from '../commands/made-image.ts';
import { firstDigest, koBuilder } from './ko-builder.ts';
import type { KoOptions } from './ko-options.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const options: KoOptions = {
  dir: '.',
  main: '.',
  env: [],
  flags: [],
  ldflags: [],
  labels: [],
  dependencies: { paths: [], ignore: [] },
};
const notAsked: CommandSurroundings['find'] = () => {
  throw new Error('no image is looked up');
};

function buildOf(context: string, own: Partial<KoOptions> = {}) {
  return {
    ...{ image: 'app', reference: 'r.io/app:v1', context, requires: [], platforms: [] },
    options: { ...options, ...own },
  };
}

const reporting = `
for argument; do case $argument in --image-refs=*) echo "r.io/app:v1@${digest}" > "\${argument#*=}" ;; esac; done
echo "$KO_DOCKER_REPO"; [ -z "$KO_CONFIG_PATH" ] || cat "$KO_CONFIG_PATH"`;

describe('the builder of ko', () => {
  it('returns the digest that ko reports', async () => {
    await using project = await projectDir({});
    const { work, text, observed } = recordingWork();
    const builder = koBuilder({ env: await withProgram(project, 'ko', reporting), find: notAsked });
    const outcome = await builder.build({ ...buildOf(project.path), push: { insecure: false } }, work);
    expect(outcome).toEqual({ status: 'succeeded', value: { digest } });
    expect(text()).toBe('r.io/app\n');
    expect(observed).toEqual([{ type: 'image.pushed', image: 'r.io/app:v1', digest }]);
  });

  it('returns the id of the image in the engine', async () => {
    await using project = await projectDir({});
    const { work, observed } = recordingWork();
    const asked: unknown[] = [];
    const builder = koBuilder({
      env: await withProgram(project, 'ko', reporting),
      find: async (reference, push) => {
        asked.push(reference, push);
        return await Promise.resolve(succeeded({ id: 'sha256:1' }));
      },
    });
    expect(await builder.build(buildOf(project.path), work)).toEqual({
      status: 'succeeded',
      value: { id: 'sha256:1' },
    });
    expect(asked).toEqual(['r.io/app:v1', undefined]);
    expect(observed).toEqual([{ type: 'image.built', id: 'sha256:1' }]);
  });

  it('fails if the engine does not have the image', async () => {
    await using project = await projectDir({});
    const builder = koBuilder({
      env: await withProgram(project, 'ko', reporting),
      find: async () => await Promise.resolve(succeeded(undefined)),
    });
    expect(await builder.build(buildOf(project.path), recordingWork().work)).toMatchObject({
      failure: { code: 'build-failed', detail: 'the command succeeded, but the engine does not have r.io/app:v1' },
    });
  });

  it.each([
    ['.ko.yaml', {}, '# nothing\n', { defaultFlags: ['-v'] }],
    [
      '.ko.yaml',
      {},
      'defaultBaseImage: base\nbuilds: [{ id: x }]\n',
      { defaultBaseImage: 'base', defaultFlags: ['-v'] },
    ],
    [
      'other/.ko.yaml',
      { KO_CONFIG_PATH: 'other' },
      'defaultBaseImage: b',
      { defaultBaseImage: 'b', defaultFlags: ['-v'] },
    ],
    [
      'other.yaml',
      { KO_CONFIG_PATH: 'other.yaml' },
      'defaultEnv: [A=1]',
      { defaultEnv: ['A=1'], defaultFlags: ['-v'] },
    ],
  ])('adds to the configuration of the project: %s %j %s', async (file, env, content, config) => {
    await using project = await projectDir({ [file]: content });
    const { work, text } = recordingWork();
    const builder = koBuilder({ env: { ...(await withProgram(project, 'ko', reporting)), ...env }, find: notAsked });
    await builder.build({ ...buildOf(project.path, { flags: ['-v'] }), push: { insecure: false } }, work);
    expect(JSON.parse(text().split('\n').slice(1).join(''))).toEqual(config);
  });

  it('reports a configuration that is no YAML', async () => {
    await using project = await projectDir({ '.ko.yaml': 'a: [' });
    const builder = koBuilder({ env: await withProgram(project, 'ko', 'exit 9'), find: notAsked });
    const outcome = await builder.build(buildOf(project.path, { flags: ['-v'] }), recordingWork().work);
    expect(outcome).toMatchObject({
      failure: { code: 'build-failed', detail: expect.stringContaining('.ko.yaml: ') as unknown },
    });
  });

  it.each([
    ['example.com/App', 'unsupported'],
    ['r.io/example_com_app', 'exit-nonzero'],
  ])('pushes no import path to %s', async (name, code) => {
    await using project = await projectDir({});
    const builder = koBuilder({ env: await withProgram(project, 'ko', 'exit 4'), find: notAsked });
    const named = { ...buildOf(project.path), image: 'ko://example.com/App', reference: `${name.toLowerCase()}:v1` };
    const outcome = await builder.build({ ...named, push: { insecure: false } }, recordingWork().work);
    expect(outcome).toMatchObject({ failure: { code } });
    expect(await builder.build(named, recordingWork().work)).toMatchObject({ failure: { code: 'exit-nonzero' } });
  });

  it('fails as ko does', async () => {
    await using project = await projectDir({});
    const builder = koBuilder({ env: await withProgram(project, 'ko', 'exit 4'), find: notAsked });
    expect(await builder.build(buildOf(project.path), recordingWork().work)).toMatchObject({
      failure: { code: 'exit-nonzero', exitCode: 4 },
    });
  });
});

it('takes the digest of an index before those of its images', () => {
  const other = digest.replace('a', 'b');
  expect(firstDigest(`r.io/app@${digest}\nr.io/app@${other}\n`)).toBe(digest);
  expect(firstDigest('')).toBeUndefined();
});
