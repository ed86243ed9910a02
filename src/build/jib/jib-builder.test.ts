import { describe, expect, it } from 'vitest';
import { withProgram } from '../../../test/rigs/fake-program.ts';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { succeeded } from '../../model/outcome.ts';
import type { CommandSurroundings } from '../commands/made-image.ts';
import { jibBuilder, jibDigest } from './jib-builder.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const json = `{"image":"app","imageId":"sha256:${'b'.repeat(64)}","imageDigest":"${digest}","tags":["v1"]}`;
const reporting = `
for argument; do case $argument in -Djib.outputPaths.imageJson=*) echo '${json}' > "\${argument#*=}" ;; esac; done
echo "\${0##*/} $1"`;
const found: CommandSurroundings['find'] = async () => await Promise.resolve(succeeded({ id: 'sha256:1' }));

const buildOf = (context: string) => ({
  ...{ image: 'app', reference: 'r.io/app:v1', context, requires: [], platforms: [] as string[] },
  options: { args: [] },
});
const push = { insecure: false };

describe('the builder of Jib', () => {
  it.each([
    ['mvn', 'pom.xml', 'mvn --batch-mode\n'],
    ['gradle', 'settings.gradle', 'gradle --console=plain\n'],
  ])('runs %s for a project with %s, and returns the digest that Jib reports', async (program, file, said) => {
    await using project = await projectDir({ [file]: '' });
    const { work, text, observed } = recordingWork();
    const builder = jibBuilder({ env: await withProgram(project, program, reporting), find: found });
    const outcome = await builder.build({ ...buildOf(project.path), push }, work);
    expect(outcome).toEqual({ status: 'succeeded', value: { digest } });
    expect(text()).toBe(said);
    expect(observed).toEqual([{ type: 'image.pushed', image: 'r.io/app:v1', digest }]);
  });

  it('prefers the wrapper of the project', async () => {
    await using project = await projectDir({
      'pom.xml': '',
      mvnw: { content: `#!/bin/sh\n${reporting}`, mode: 0o755 },
    });
    const { work, text } = recordingWork();
    await jibBuilder({ env: project.env, find: found }).build(buildOf(project.path), work);
    expect(text()).toBe('mvnw --batch-mode\n');
  });

  it.each([
    ['was not pushed', {}],
    ['is for several platforms', { push, platforms: ['linux/amd64', 'linux/arm64'] }],
  ])('looks up an image that %s', async (_what, more) => {
    await using project = await projectDir({ 'pom.xml': '' });
    const builder = jibBuilder({ env: await withProgram(project, 'mvn', reporting), find: found });
    const outcome = await builder.build({ ...buildOf(project.path), ...more }, recordingWork().work);
    expect(outcome).toEqual({ status: 'succeeded', value: { id: 'sha256:1' } });
  });

  it('looks up an image that an old version of Jib has pushed', async () => {
    await using project = await projectDir({ 'pom.xml': '' });
    const builder = jibBuilder({ env: await withProgram(project, 'mvn', 'true'), find: found });
    const outcome = await builder.build({ ...buildOf(project.path), push }, recordingWork().work);
    expect(outcome).toEqual({ status: 'succeeded', value: { id: 'sha256:1' } });
  });

  it('fails without files of a build tool', async () => {
    await using project = await projectDir({ Makefile: '' });
    const outcome = await jibBuilder({ env: {}, find: found }).build(buildOf(project.path), recordingWork().work);
    expect(outcome).toMatchObject({ failure: { detail: expect.stringContaining('set `type` of `jib`') as unknown } });
  });
});

it('reads no digest of a file without one', () => expect(jibDigest('{"imageId":"sha256:1"}')).toBeUndefined());
