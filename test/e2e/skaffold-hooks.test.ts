/** Hooks of builds and the environment of commands on every engine (docs/skaffold.md, "Hooks"). */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { skaffoldWorld, type SkaffoldWorld } from '../rigs/skaffold-world.ts';

const v1 = { envTemplate: { template: 'v1' } };
const shell = (script: string) => ({ command: ['sh', '-c', script], os: ['linux', 'darwin'] });
const windows = { command: ['cmd.exe', '/C', 'hook.bat'], os: ['windows'] };

describe.each(engines)('hooks of builds on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);

  const log = async (world: SkaffoldWorld) => (await world.project.read('hooks.log')).replace(/\n$/, '').split('\n');

  test('make what the image is built from, and run only if it is built', async () => {
    const say = (phase: string) =>
      shell(`echo "${phase} $SKAFFOLD_IMAGE $SKAFFOLD_IMAGE_TAG $SKAFFOLD_PUSH_IMAGE $OF_FILE" >> hooks.log`);
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          artifacts: [
            {
              ...{ image: name('app'), context: 'app' },
              hooks: {
                // The engine remembers a layer of equal files, so each test has its own.
                before: [shell(`echo made ${name('app')} > "$SKAFFOLD_BUILD_CONTEXT/made"`), windows, say('before')],
                after: [say('after')],
              },
            },
          ],
        },
      }),
      { 'app/Dockerfile': 'FROM BASE\nCOPY made /made\nRUN cat /made\n', 'skaffold.env': 'OF_FILE=of-file\n' },
    );
    const image = `${world.name('app')}:v1`;
    await using build = world.build();
    expect((await build.exits(0)).stdout).toContain(`| made ${world.name('app')}`);
    expect(await log(world)).toEqual([`before ${image} v1 false of-file`, `after ${image} v1 false of-file`]);
    expect((await world.json(0)).results).toMatchObject([{ cache: { hit: true } }]);
    expect(await log(world)).toHaveLength(2);
    await world.build('--no-cache-artifacts').exits(0);
    expect(await log(world)).toHaveLength(4);
  });

  test('may make other files each time: the image is built again only if something else changes', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          artifacts: [
            {
              ...{ image: name('app'), context: 'app' },
              hooks: { before: [shell('echo made >> hooks.log; echo "WORD $(wc -l < hooks.log)" > app/made')] },
            },
          ],
        },
      }),
      { 'app/Dockerfile': 'FROM BASE\nCOPY . /app\n', 'app/file': '1' },
    );
    const built = async () => (await world.json(0)).results[0]?.cache;
    const explained = async () =>
      JSON.parse((await world.cli('cache', 'explain', '--output', 'json').exits(0)).stdout) as object;
    expect(await built()).toMatchObject({ missed: 'not built before' });
    expect(await explained()).toMatchObject({ artifacts: [{ cached: true }] });
    expect(await built()).toEqual({ hit: true });
    await world.project.write({ 'app/file': '2' });
    expect(await built()).toMatchObject({ missed: 'file changed' });
    expect(await built()).toEqual({ hit: true });
    rmSync(join(world.project.path, 'app', 'made'));
    expect(await explained()).toMatchObject({ artifacts: [{ reasons: ['made removed'] }] });
    expect(await built()).toMatchObject({ missed: 'made removed' });
    expect(await log(world)).toHaveLength(3);
  });

  test('after the build are part of it: an image whose hook failed is not in the cache', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          artifacts: [{ image: name('app'), hooks: { after: [shell('echo ran >> hooks.log; test -z "$STOP"')] } }],
        },
      }),
      { Dockerfile: 'FROM BASE\nCOPY Dockerfile /WORD\n' },
    );
    world.env('STOP', 'stop');
    await world.json(1);
    world.env('STOP', '');
    expect((await world.json(0)).results).toMatchObject([{ cache: { missed: 'not built before' } }]);
    expect((await world.json(0)).results).toMatchObject([{ cache: { hit: true } }]);
    expect(await log(world)).toHaveLength(2);
  });

  test('fail their artifact with their command, exit code and output, and other artifacts are built', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          artifacts: [
            { image: name('bad'), hooks: { before: [shell('echo no assets; exit 3')] } },
            { image: name('missing'), hooks: { after: [{ command: ['no-such-program'] }] } },
            { image: name('needs'), requires: [{ image: name('bad') }] },
            { image: name('good'), hooks: { after: [shell('true')] } },
          ],
        },
      }),
      { Dockerfile: 'FROM BASE\nRUN echo WORD\n' },
    );
    const { results } = await world.json(1);
    expect(results).toMatchObject([
      { status: 'failed', failure: { code: 'exit-nonzero', exitCode: 3 } },
      { status: 'failed', failure: { code: 'start-failed' } },
      { status: 'skipped', because: 'dependencyFailed' },
      { status: 'succeeded' },
    ]);
    const { stdout } = await world.cli('show', 'latest').exits(0);
    expect(stdout).toContain('exit code 3 in the before hook `sh -c echo no assets; exit 3`');
    expect(stdout).toMatch(/last lines +no assets/);
    expect(stdout).toContain('after hook `no-such-program`: no-such-program is not installed');
  });

  test('of a whole build run before the first artifact and after the last, also if all are cached', async () => {
    const say = (what: string) => shell(`echo "${what} $SKAFFOLD_WORK_DIR $SKAFFOLD_IMAGE" >> hooks.log`);
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        requires: [{ path: 'other' }],
        build: {
          tagPolicy: v1,
          hooks: { before: [say('before')], after: [say('after')] },
          artifacts: [{ image: name('app'), hooks: { before: [say('artifact')] } }],
        },
      }),
      { Dockerfile: 'FROM BASE\nRUN echo WORD\n' },
    );
    await world.configure(
      {
        metadata: { name: 'other' },
        build: { hooks: { before: [say('other')] }, tagPolicy: v1, artifacts: [{ image: world.name('other') }] },
      },
      'other/skaffold.yaml',
    );
    await world.project.write({ 'other/Dockerfile': 'FROM localhost/busybox:1\n' });
    const { path } = world.project;
    const dry = await world.build('--dry-run').exits(0);
    expect(dry.stdout).toContain('before-build');
    expect(dry.stdout).toContain('sh -c echo "after');
    await world.build().exits(0);
    const image = `${world.name('app')}:v1`;
    expect(await log(world)).toEqual([
      `other ${path} `,
      `before ${path} `,
      `artifact ${path} ${image}`,
      `after ${path} `,
    ]);
    const { results } = await world.json(0);
    expect(results.map(({ cache }) => cache)).toEqual([{ hit: true }, { hit: true }]);
    expect(await log(world)).toHaveLength(7);
    // Only those of selected artifacts.
    await world.build('--build-image', '/other').exits(0);
    expect((await log(world)).slice(7)).toEqual([`other ${path} `]);
  });

  test('of a whole build stop it if they fail, and what follows a failure does not run', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          hooks: { before: [shell('echo "$STOP"; test -z "$STOP"')], after: [shell('echo after >> hooks.log')] },
          artifacts: [{ image: name('app') }],
        },
      }),
      { Dockerfile: 'FROM BASE\nRUN exit 5\n', 'hooks.log': '' },
    );
    world.env('STOP', 'stop');
    const { results, builds } = await world.json(1);
    expect([results, builds]).toMatchObject([[{ status: 'skipped' }], []]);
    const { stdout } = await world.cli('show', 'latest').exits(0);
    expect(stdout).toContain('exit code 1 in the before hook');
    world.env('STOP', '');
    expect((await world.json(1)).results).toMatchObject([{ status: 'failed', failure: { code: 'build-failed' } }]);
    expect(await log(world)).toEqual(['']);
  });

  test('end with the run that is cancelled', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          artifacts: [{ image: name('app'), hooks: { before: [shell('echo begun; sleep 3600; echo no')] } }],
        },
      }),
      { Dockerfile: 'FROM BASE\n' },
    );
    await using build = world.build();
    await build.until(/\| begun/);
    build.signal('SIGINT');
    await build.exits(130);
    expect(await world.tags()).toEqual([]);
    expect(await world.project.leftovers()).toEqual([]);
  });

  test('skaffold.env reaches custom commands, and what lists their dependencies', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          artifacts: [
            {
              image: name('app'),
              custom: {
                buildCommand: 'echo "command $OF_FILE $OF_BOTH"; exit 4',
                dependencies: { command: 'echo "$OF_FILE" > listed; echo "[]"' },
              },
            },
          ],
        },
      }),
      { 'skaffold.env': 'OF_FILE=of-file\nOF_BOTH=of-file\n' },
    );
    world.env('OF_BOTH', 'environment');
    await using build = world.build();
    expect((await build.exits(1)).stdout).toContain('| command of-file environment');
    expect(await world.project.read('listed')).toBe('of-file\n');
    // A run again reads the file again: its values are not in the log.
    await world.project.write({ 'skaffold.env': 'OF_FILE=again\n' });
    await using again = world.cli('rerun', 'latest', '--output', 'text');
    expect((await again.exits(1)).stdout).toContain('| command again environment');
  });

  test('a secret that an instruction prints is masked', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: v1,
          artifacts: [{ image: name('app'), docker: { secrets: [{ id: 'token', env: 'TOKEN' }] } }],
        },
      }),
      { Dockerfile: 'FROM BASE\nRUN --mount=type=secret,id=token echo "WORD $(cat /run/secrets/token)"; exit 1\n' },
    );
    world.env('TOKEN', 'hunter2-hunter2');
    await using build = world.build();
    const { stdout } = await build.exits(1);
    expect(stdout).toContain(`${world.word} ***`);
    expect(stdout).not.toContain('hunter2');
    expect((await world.cli('events', 'latest').exits(0)).stdout).not.toContain('hunter2');
    await using again = world.cli('rerun', 'latest', '--output', 'text');
    expect((await again.exits(1)).stdout).not.toContain('hunter2');
  });
});
