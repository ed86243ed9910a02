import { expect, it } from 'vitest';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { Cancelled, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { ArtifactBuild, BuiltArtifact } from '../builder.ts';
import { preparedBuilder } from '../prepared-builder.ts';
import type { BuildHooks, HookPlace, HostHook } from './build-hooks.ts';
import { artifactHooks } from './artifact-hooks.ts';

const shell = (script: string, more: Partial<HostHook> = {}): HostHook => ({
  command: ['sh', '-c', script],
  os: [],
  ...more,
});
const plain: ArtifactBuild = {
  ...{
    image: 'app',
    reference: 'r.example/team/app:v1',
    context: '/src/app',
    requires: [],
    platforms: [],
    options: {},
  },
};

async function build(
  hooks: Partial<BuildHooks>,
  {
    outcome = succeeded({ id: 'sha256:1' }),
    place = { folder: '/' },
    platform = 'linux',
    request = plain,
    signal,
  }: {
    readonly outcome?: Outcome<BuiltArtifact>;
    readonly place?: HookPlace;
    readonly platform?: string;
    readonly request?: ArtifactBuild;
    readonly signal?: AbortSignal;
  } = {},
) {
  const rig = recordingWork(signal);
  const inner = {
    async build() {
      await rig.work.output.write('stdout', Buffer.from('built\n'));
      return outcome;
    },
  };
  const around = { env: { PATH: process.env['PATH'], MINE: 'mine' }, platform, ...place };
  const own = artifactHooks(request, { before: [], after: [], ...hooks }, around);
  const built = await preparedBuilder(inner, own.before).build(request, rig.work);
  const ended = built.status === 'succeeded' ? await own.after(rig.work) : built;
  return { outcome: ended.status === 'succeeded' ? built : ended, text: rig.text(), observed: rig.observed };
}

it('runs hooks before and after the build, in order', async () => {
  const { outcome, text } = await build({
    before: [shell('echo one'), shell('echo two >&2')],
    after: [shell('echo three')],
  });
  expect(outcome).toEqual(succeeded({ id: 'sha256:1' }));
  expect(text).toBe('one\ntwo\nbuilt\nthree\n');
});

it('gives hooks the variables of the image, of the command line and of the environment', async () => {
  const hooks = { before: [shell('env | grep -e ^SKAFFOLD_ -e ^MINE | sort')] };
  const { text } = await build(hooks, {
    place: { folder: '/tmp', defaultRepo: 'r.example/team', multiLevelRepo: true },
    request: { ...plain, push: { insecure: false } },
  });
  expect(text.split('\n').slice(0, -2)).toEqual([
    'MINE=mine',
    'SKAFFOLD_BUILD_CONTEXT=/src/app',
    'SKAFFOLD_DEFAULT_REPO=r.example/team',
    'SKAFFOLD_IMAGE=r.example/team/app:v1',
    'SKAFFOLD_IMAGE_REPO=r.example/team/app',
    'SKAFFOLD_IMAGE_TAG=v1',
    'SKAFFOLD_MULTI_LEVEL_REPO=true',
    'SKAFFOLD_PUSH_IMAGE=true',
    'SKAFFOLD_WORK_DIR=/tmp',
  ]);
});

it('runs hooks in the working folder, or in their own', async () => {
  await using project = await projectDir({ 'own/file': '' });
  const hooks = { before: [shell('ls'), shell('ls', { dir: `${project.path}/own` })] };
  const { text } = await build(hooks, { place: { folder: project.path } });
  expect(text).toBe('own\nfile\nbuilt\n');
});

it.each([
  ['linux', ['linux', 'darwin'], true],
  ['darwin', ['linux'], false],
  ['win32', ['windows'], true],
  ['linux', ['windows'], false],
])('on %s, a hook for %j runs: %s', async (platform, os, runs) => {
  const { outcome, text, observed } = await build({ before: [shell('echo hook', { os })] }, { platform });
  expect(outcome.status).toBe('succeeded');
  expect(text).toBe(runs ? 'hook\nbuilt\n' : 'built\n');
  const message = `before hook \`sh -c echo hook\` skipped: it is for ${os.join(', ')}`;
  expect(observed).toEqual(runs ? [] : [{ type: 'noted', level: 'info', message }]);
});

it.each<[string, Partial<BuildHooks>, string]>([
  ['before the build', { before: [shell('echo no; exit 3'), shell('echo two')] }, 'no\n'],
  ['after the build', { after: [shell('exit 3'), shell('echo two')] }, 'built\n'],
])('a hook that fails %s fails the artifact, and nothing follows', async (_, hooks, output) => {
  const { outcome, text } = await build(hooks);
  const phase = hooks.before ? 'before' : 'after';
  const script = hooks.before ? 'echo no; exit 3' : 'exit 3';
  const failure = { code: 'exit-nonzero', exitCode: 3, command: `${phase} hook \`sh -c ${script}\`` };
  expect(outcome).toEqual({ status: 'failed', failure });
  expect(text).toBe(output);
});

it('a program that does not exist is named, with its hook', async () => {
  const { outcome } = await build({ before: [{ command: ['no-such-program', '-x'], os: [] }] });
  const detail = 'before hook `no-such-program -x`: no-such-program is not installed, or not on the PATH';
  expect(outcome).toEqual({ status: 'failed', failure: { code: 'start-failed', detail } });
});

it('runs no hook after a failed build', async () => {
  const refused = failed({ code: 'build-failed', detail: 'no' });
  const { outcome, text } = await build({ after: [shell('echo after')] }, { outcome: refused });
  expect([outcome, text]).toEqual([refused, 'built\n']);
});

it('is cancelled with its signal', async () => {
  const signal = AbortSignal.abort(new Cancelled('user'));
  const { outcome, text } = await build({ before: [shell('echo one')] }, { signal });
  expect([outcome, text]).toEqual([{ status: 'cancelled', because: 'user' }, '']);
});

it('runs hooks once for the images of several platforms, and none if no image is built', async () => {
  const { work, text } = recordingWork();
  const around = { env: process.env, platform: 'linux', folder: '/' };
  const hooks = artifactHooks(plain, { before: [shell('echo one')], after: [shell('echo two')] }, around);
  await hooks.after(work);
  expect(text()).toBe('');
  await Promise.all([hooks.before(work), hooks.before(work)]);
  await hooks.after(work);
  expect(text()).toBe('one\ntwo\n');
});
