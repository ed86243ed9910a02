import { dirname, delimiter } from 'node:path';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withProgram } from '../../../test/rigs/fake-program.ts';
import { projectDir, type ProjectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { onPath } from '../../../test/rigs/tool-image.ts';
import { kustomizeRenderer } from './kustomize-renderer.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';

async function render(project: ProjectDir, env: Readonly<Record<string, string>>, buildArgs: readonly string[] = []) {
  const { work, text } = recordingWork();
  const outcome = await kustomizeRenderer({ path: 'base', buildArgs, folder: project.path, env }).render(work);
  return { outcome, output: text() };
}

describe('the renderer of kustomizations', () => {
  it('runs kustomize, and does not read its warnings as manifests', async () => {
    await using project = await projectDir({ 'base/a': '' });
    const env = await withProgram(project, 'kustomize', `echo "# Warning: $*" >&2; pwd >&2; printf '${pod}'`);
    const { outcome, output } = await render(project, env, [
      '--enable-helm',
      '--load-restrictor  LoadRestrictionsNone',
    ]);
    expect(outcome).toMatchObject({
      value: [{ object: { kind: 'Pod', metadata: { name: 'a' } }, source: 'kustomize build base' }],
    });
    expect(output).toBe(
      `# Warning: build --enable-helm --load-restrictor LoadRestrictionsNone base\n${project.path}\n`,
    );
  });

  it('runs kubectl where kustomize is not installed', async () => {
    await using project = await projectDir({ 'base/a': '' });
    const { PATH } = await withProgram(project, 'kubectl', `echo "$*" >&2; printf '${pod}'`);
    const { outcome, output } = await render(project, { PATH: PATH!.split(delimiter)[0]! });
    expect(outcome.status).toBe('succeeded');
    expect(output).toBe('kustomize base\n');
  });

  it('says what to install', async () => {
    await using project = await projectDir({ 'base/a': '' });
    expect((await render(project, { PATH: '/nowhere' })).outcome).toEqual({
      status: 'failed',
      failure: {
        code: 'render-failed',
        source: 'kustomize build base',
        detail: [
          'kustomize is not installed, or not on the PATH',
          'to install kustomize: https://kubectl.docs.kubernetes.io/installation/kustomize/; kubectl works as well',
        ].join('\n'),
      },
    });
  });

  it.each([
    ['echo no >&2; exit 3', 'it exited with code 3'],
    [
      'echo "kind: Pod"',
      [
        'its output is not valid:',
        'line 1, column 1: this Pod requires the field `apiVersion`',
        'line 1, column 1: this Pod requires the field `metadata.name`',
      ].join('\n'),
    ],
    [String.raw`printf '\377'`, 'kustomize printed a text that is not UTF-8'],
  ])('fails if kustomize does: %s', async (script, detail) => {
    await using project = await projectDir({ 'base/a': '' });
    const env = await withProgram(project, 'kustomize', script);
    expect((await render(project, env)).outcome).toEqual({
      status: 'failed',
      failure: { code: 'render-failed', source: 'kustomize build base', detail },
    });
  });
});

const files = {
  'base/kustomization.yaml': 'resources: [pod.yaml]\nnamePrefix: dev-\ncommonLabels: {app: a}\n',
  'base/pod.yaml': `${pod}spec: {containers: [{name: a, image: web}]}\n`,
};
const built = {
  value: [
    { object: { kind: 'Pod', metadata: { name: 'dev-a', labels: { app: 'a' } } }, source: 'kustomize build base' },
  ],
};

describe.skipIf(onPath('kustomize') === undefined)('the real kustomize (it must be on the PATH)', () => {
  it('builds', async () => {
    await using project = await projectDir(files);
    const { outcome, output } = await render(project, project.env);
    expect(outcome).toMatchObject(built);
    // A warning of its own.
    expect(output).toContain('commonLabels');
  });

  it('explains its failures', async () => {
    await using project = await projectDir({ 'base/kustomization.yaml': 'resources: [none.yaml]\n' });
    const { outcome, output } = await render(project, project.env);
    expect(outcome).toMatchObject({ failure: { code: 'render-failed', detail: 'it exited with code 1' } });
    expect(output).toContain('none.yaml');
  });
});

const kubectl = onPath('kubectl');

describe.skipIf(kubectl === undefined)('the real kubectl (it must be on the PATH)', () => {
  it('builds', async () => {
    await using project = await projectDir(files);
    const bin = join(dirname(project.path), 'bin');
    await mkdir(bin);
    await symlink(kubectl!, join(bin, 'kubectl'));
    expect((await render(project, { ...project.env, PATH: bin })).outcome).toMatchObject(built);
  });
});
