/** `slipway build` on every engine (docs/cli.md, "build"): from a `skaffold.yaml` to images, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { noRegistry, RegistryRig } from '../rigs/registry.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { skaffoldWorld } from '../rigs/skaffold-world.ts';

const v1 = { envTemplate: { template: 'v1' } };

describe('build', () => {
  let registry: RegistryRig | undefined;
  beforeAll(async () => {
    if (noRegistry === undefined) registry = await RegistryRig.start();
  });
  afterAll(async () => await registry?.[Symbol.asyncDispose]());

  describe.each(engines)('build on $name', (engine) => {
    const test = it.skipIf(engine.host === undefined);
    const pushing = it.skipIf(engine.host === undefined || noRegistry !== undefined);

    const graph = (name: (image: string) => string) => ({
      build: {
        tagPolicy: v1,
        artifacts: [
          {
            image: name('app'),
            context: 'app',
            requires: [{ image: name('base'), alias: 'PARENT' }],
            docker: { buildArgs: { WHO: '{{.WHO | default "nobody" | upper}}', PLAIN: 'p' } },
          },
          { image: name('base'), context: 'base' },
        ],
      },
      profiles: [
        { name: 'loud', patches: [{ op: 'replace', path: '/build/tagPolicy/envTemplate/template', value: 'loud' }] },
      ],
    });
    const graphFiles = {
      'base/Dockerfile': 'FROM BASE\nENV MADE_BY=base-WORD\n',
      'app/Dockerfile': 'ARG PARENT\nFROM ${PARENT}\nARG WHO\nARG PLAIN\nENV SAID="$WHO $PLAIN"\nCOPY file /file\n',
      'app/file': 'WORD',
    };

    test('builds the required image first, and passes it and templates as build arguments', async () => {
      await using world = await skaffoldWorld(engine, graph, graphFiles);
      world.env('WHO', 'world');
      const { results, builds } = await world.json(0);
      expect(results).toMatchObject(
        ['app', 'base'].map((image) => ({
          image: world.name(image),
          status: 'succeeded',
          reference: `${world.name(image)}:v1`,
          cache: { missed: 'not built before', reasons: ['not built before'] },
        })),
      );
      expect(builds).toEqual(
        ['app', 'base'].map((image) => ({ imageName: world.name(image), tag: `${world.name(image)}:v1` })),
      );
      const image = await world.image(`${world.name('app')}:v1`);
      expect(image?.Config.Env).toEqual(expect.arrayContaining([`MADE_BY=base-${world.word}`, 'SAID=WORLD p']));
      expect(image?.Id).toContain(results[0]?.id?.replace('sha256:', ''));
    });

    test('shows a plan without effects, with the same tags', async () => {
      await using world = await skaffoldWorld(engine, graph, graphFiles);
      const { stdout } = await world.build('--dry-run', '--profile', 'loud').exits(0);
      expect(stdout).toContain(`docker ${world.name('app')}:loud`);
      expect(stdout).toContain('WHO=NOBODY');
      expect(stdout).toContain(`${world.name('base')}:loud`);
      expect(await world.tags()).toEqual([]);
      expect((await world.cli('runs').exits(0)).stdout).not.toContain('build');
    });

    test('applies profiles, --tag, --default-repo and --build-image, and writes the images to a file', async () => {
      await using world = await skaffoldWorld(engine, graph, graphFiles);
      await world.build('-p', 'loud', '--build-image', 'base').exits(0);
      expect(await world.tags()).toEqual([`${world.name('base')}:loud`]);
      // What an artifact requires is built too.
      await world.build('--build-image', `/app`, '--tag', 'mine', '--file-output', 'built.json').exits(0);
      expect(JSON.parse(await world.project.read('built.json'))).toEqual({
        builds: ['app', 'base'].map((image) => ({ imageName: world.name(image), tag: `${world.name(image)}:mine` })),
      });
      const { builds } = await world.json(0, '--default-repo', `localhost/slipway-test/${world.word}/moved`);
      expect(builds.map(({ tag }) => tag)).toEqual([
        expect.stringMatching(new RegExp(`^localhost/slipway-test/${world.word}/moved/.*app:v1$`)),
        expect.stringMatching(new RegExp(`^localhost/slipway-test/${world.word}/moved/.*base:v1$`)),
      ]);
      for (const { tag } of builds) expect(await world.image(tag)).not.toBeNull();
    });

    test('tags by the commit, by the digest policy and by templates', async () => {
      const artifact = (name: (image: string) => string) => [{ image: name('app') }];
      await using world = await skaffoldWorld(
        engine,
        (name) => ({ build: { artifacts: artifact(name) } }),
        { Dockerfile: 'FROM BASE\nRUN echo WORD\n' },
        { git: true },
      );
      const commit = await world.project.git('rev-parse', '--short', 'HEAD');
      expect((await world.json(0)).builds[0]?.tag).toMatch(new RegExp(`^${world.name('app')}:${commit}`));
      await world.project.write({ Dockerfile: `FROM localhost/busybox:1\nRUN echo ${world.word} 2\n` });
      expect((await world.json(0)).builds[0]?.tag).toMatch(/-dirty$/);
      await world.configure({ build: { tagPolicy: { sha256: {} }, artifacts: artifact(world.name) } });
      expect((await world.json(0)).builds[0]?.tag).toBe(`${world.name('app')}:latest`);
      await world.configure({
        build: {
          tagPolicy: { envTemplate: { template: '{{.TAGGED}}-{{.IMAGE_NAME | len}}' } },
          artifacts: artifact(world.name),
        },
      });
      world.env('TAGGED', 'x');
      expect((await world.json(0)).builds[0]?.tag).toBe(`${world.name('app')}:x-${world.name('app').length}`);
    });

    test('builds the modules of other folders, and one alone', async () => {
      await using world = await skaffoldWorld(
        engine,
        () => ({ requires: [{ path: 'one', configs: ['one'] }, { path: 'two' }] }),
        { 'one/Dockerfile': 'FROM BASE\nRUN echo one WORD\n', 'two/Dockerfile': 'FROM BASE\nRUN echo two WORD\n' },
      );
      for (const one of ['one', 'two'])
        await world.configure(
          { metadata: { name: one }, build: { tagPolicy: v1, artifacts: [{ image: world.name(one) }] } },
          `${one}/skaffold.yaml`,
        );
      await world.build('--module', 'two').exits(0);
      expect(await world.tags()).toEqual([`${world.name('two')}:v1`]);
      await world.build('.').exits(0);
      expect(await world.tags()).toEqual([`${world.name('one')}:v1`, `${world.name('two')}:v1`]);
    });

    pushing('pushes with the digests of the registry', async () => {
      const { address = '' } = registry ?? {};
      await using world = await skaffoldWorld(
        engine,
        (name) => ({
          build: {
            tagPolicy: v1,
            local: { push: true },
            insecureRegistries: [address],
            artifacts: [{ image: name('app') }],
          },
        }),
        { Dockerfile: 'FROM BASE\nRUN echo WORD\n' },
        { registry: address },
      );
      await world.project.write({ '../home/.docker/config.json': registry?.config() ?? '{}' });
      const first = await world.json(0);
      const digest = await registry?.digest(`slipway-test/${world.word}/app`, 'v1');
      expect(first.results).toMatchObject([{ status: 'succeeded', digest }]);
      expect(first.builds).toEqual([{ imageName: world.name('app'), tag: `${world.name('app')}:v1@${digest}` }]);
      // The image is taken from the cache, and its new tag is pushed.
      const second = await world.json(0, '--tag', 'v2');
      expect(second.results).toMatchObject([{ cache: { hit: true }, digest }]);
      expect(await registry?.digest(`slipway-test/${world.word}/app`, 'v2')).toBe(digest);
      await world.build('--no-push', '--tag', 'v3').exits(0);
      expect(await registry?.digest(`slipway-test/${world.word}/app`, 'v3')).toBeUndefined();
      // A registry that refuses keeps the image on the engine.
      await world.project.write({ '../home/.docker/config.json': registry?.config('wrong') ?? '{}' });
      const refused = await world.json(1, '--tag', 'v4');
      expect(refused.results).toMatchObject([{ status: 'failed', failure: { code: 'push-failed' } }]);
      expect(refused.builds).toEqual([]);
    });

    test('runs a custom command that makes the image, and refuses one that makes none', async () => {
      await using world = await skaffoldWorld(
        engine,
        (name) => ({
          build: {
            tagPolicy: v1,
            artifacts: [
              { image: name('app'), context: 'app', custom: { buildCommand: 'node tag.mjs {{.WHICH}}' } },
              { image: name('none'), custom: { buildCommand: 'echo nothing made; pwd' } },
              { image: name('broken'), custom: { buildCommand: 'echo no >&2; exit 7' } },
            ],
          },
        }),
        {
          'app/tag.mjs': `
            import { request } from 'node:http';
            const { IMAGE_REPO, IMAGE_TAG, DOCKER_HOST, BUILD_CONTEXT, PUSH_IMAGE } = process.env;
            const path = \`/images/\${process.argv[2]}/tag?repo=\${encodeURIComponent(IMAGE_REPO)}&tag=\${IMAGE_TAG}\`;
            console.log('custom in', BUILD_CONTEXT === process.cwd(), PUSH_IMAGE);
            request({ socketPath: DOCKER_HOST.slice('unix://'.length), method: 'POST', path, headers: { host: 'x' } }, (r) => {
              process.exitCode = r.statusCode === 201 ? 0 : 1;
              r.resume();
            }).end();
          `,
        },
      );
      world.env('WHICH', 'localhost/busybox:1');
      await using build = world.build();
      const { stdout } = await build.exits(1);
      expect(stdout).toContain('custom in true false');
      expect(stdout).toContain(`the command succeeded, but the engine does not have ${world.name('none')}:v1`);
      expect(stdout).toContain('exit code 7');
      expect(await world.image(`${world.name('app')}:v1`)).toMatchObject({
        Id: (await world.image('localhost/busybox:1'))?.Id,
      });
    });

    test('a configuration for Google Cloud Build says what to do, and is built where --on says', async () => {
      await using world = await skaffoldWorld(
        engine,
        (name) => ({
          build: { tagPolicy: v1, googleCloudBuild: { projectId: 'shop' }, artifacts: [{ image: name('app') }] },
        }),
        { Dockerfile: 'FROM BASE\nRUN echo WORD\n' },
      );
      world.env('SLIPWAY_ON', '');
      const refused = await world.build().exits(2);
      expect(refused.stdout + refused.stderr).toMatch(/S050 [^]*skaffold\.yaml:\d+:\d+[^]*--on docker/);
      const { stdout } = await world.build('--on', 'docker', '--dry-run').exits(0);
      expect(stdout).toContain('pushed');
      await world.build('--on', 'docker', '--no-push').exits(0);
      expect(await world.tags()).toEqual([`${world.name('app')}:v1`]);
      const shown = await world.cli('diagnose').exits(2);
      expect(shown.stdout + shown.stderr).toMatch(/S050 [^]*skaffold\.yaml:\d+:\d+/);
    });

    test('a failed build reports its instruction and its output', async () => {
      await using world = await skaffoldWorld(
        engine,
        (name) => ({ build: { tagPolicy: v1, artifacts: [{ image: name('app') }] } }),
        { Dockerfile: 'FROM BASE\nRUN echo said-WORD; exit 43\n' },
      );
      await world.project.write({ 'built.json': 'kept' });
      const { stdout } = await world.build('--file-output', 'built.json').exits(1);
      expect(stdout).toContain('the image build failed');
      expect(stdout).toContain(`exit code 43: RUN echo said-${world.word}; exit 43`);
      expect(await world.project.read('built.json')).toBe('kept');
      expect(await world.tags()).toEqual([]);
    });

    test('a missing Dockerfile fails one artifact, and others are built', async () => {
      await using world = await skaffoldWorld(
        engine,
        (name) => ({
          build: {
            tagPolicy: v1,
            artifacts: [
              { image: name('app'), context: 'app', docker: { dockerfile: 'Dockerfile.prod' } },
              { image: name('other') },
              { image: name('folder'), docker: { dockerfile: 'app' } },
            ],
          },
        }),
        { Dockerfile: 'FROM BASE\nRUN echo WORD\n', 'app/Dockerfile': 'FROM BASE\n' },
      );
      const { results, status } = await world.json(1);
      expect(status).toBe('failed');
      expect(results).toMatchObject([
        { status: 'failed', failure: { code: 'file-missing', field: 'dockerfile' } },
        { status: 'succeeded', reference: `${world.name('other')}:v1` },
        { status: 'failed', failure: { code: 'file-error' } },
      ]);
      expect((await world.cli('show', 'latest').exits(0)).stdout).toMatch(/app\/Dockerfile\.prod does not exist {2}/);
    });

    test('Ctrl-C cancels what is being built and what waits', async () => {
      await using world = await skaffoldWorld(
        engine,
        (name) => ({ build: { tagPolicy: v1, artifacts: [{ image: name('a'), context: 'a' }, { image: name('b') }] } }),
        {
          // Podman stops only between instructions.
          'a/Dockerfile': `FROM BASE\nRUN echo begun WORD\nRUN sleep ${engine.name === 'podman' ? 2 : 3_600}\nRUN sleep 3600\n`,
          Dockerfile: 'FROM BASE\nRUN echo b WORD\n',
        },
      );
      await using build = world.build();
      await build.until(new RegExp(`\\| begun ${world.word}`));
      build.signal('SIGINT');
      expect((await build.exits(130)).stdout).toContain('cancelled');
      expect(await world.tags()).toEqual([]);
      const shown = JSON.parse((await world.cli('show', 'latest', '--output', 'json').exits(0)).stdout) as object;
      expect(JSON.stringify(shown).match(/"status":"cancelled","outcome"/g)).toHaveLength(2);
    });

    test('a killed build that is resumed writes its images where --file-output says, and a rerun does not', async () => {
      await using world = await skaffoldWorld(
        engine,
        (name) => ({ build: { tagPolicy: v1, artifacts: [{ image: name('app') }] } }),
        { Dockerfile: 'FROM BASE\nRUN echo begun WORD\nRUN sleep 2\n' },
      );
      await using first = world.build('--file-output', 'built.json');
      await first.until(new RegExp(`\\| begun ${world.word}`));
      first.signal('SIGKILL');
      await first.ended;
      await world.cli('resume', 'latest').exits(0);
      const builds = [{ imageName: world.name('app'), tag: `${world.name('app')}:v1` }];
      expect(JSON.parse(await world.project.read('built.json'))).toEqual({ builds });
      await world.project.write({ 'built.json': 'kept' });
      await world.cli('rerun', 'latest').exits(0);
      expect(await world.project.read('built.json')).toBe('kept');
    });

    test('a build after a killed one loses nothing and repeats only what was not finished', async () => {
      await using world = await skaffoldWorld(
        engine,
        (name) => ({
          build: {
            tagPolicy: v1,
            artifacts: [
              { image: name('done'), context: 'done' },
              { image: name('killed'), context: 'killed' },
            ],
          },
        }),
        {
          'done/Dockerfile': 'FROM BASE\nRUN echo done WORD\n',
          'killed/Dockerfile': 'FROM BASE\nRUN echo begun WORD\nRUN sleep 2\n',
        },
      );
      await using first = world.build();
      await first.until(new RegExp(`\\| begun ${world.word}`));
      first.signal('SIGKILL');
      await first.ended;
      const second = await world.json(0);
      expect(second.results).toMatchObject([
        { image: world.name('done'), cache: { hit: true } },
        { image: world.name('killed'), cache: { missed: 'not built before' } },
      ]);
      const third = await world.json(0);
      expect(third.results).toMatchObject([{ cache: { hit: true } }, { cache: { hit: true } }]);
      expect(third.results.map(({ id }) => id)).toEqual(second.results.map(({ id }) => id));
      expect(await world.tags()).toEqual([`${world.name('done')}:v1`, `${world.name('killed')}:v1`]);
    });
  });
});

describe('build refuses', () => {
  const artifact = (more: object = {}) => ({ image: 'app', ...more });
  const cases: readonly (readonly [string, object, readonly string[], string])[] = [
    ['an unknown profile', { build: { artifacts: [artifact()] } }, ['-p', 'nope'], 'nope'],
    [
      'a circle',
      {
        build: {
          artifacts: [artifact({ requires: [{ image: 'b' }] }), { image: 'b', requires: [{ image: 'app' }] }],
        },
      },
      [],
      'circular reference',
    ],
    ['an option that it has not', { build: { artifacts: [artifact({ docker: { squash: true } })] } }, [], 'squash'],
    ['an image that no artifact has', { build: { artifacts: [artifact()] } }, ['-b', 'ap2'], 'did you mean `app`'],
    ['an output without a folder', { build: { artifacts: [artifact()] } }, ['--file-output', 'no/file'], 'no/file'],
  ];
  it.each(cases)('%s before anything is built', async (_, configuration, flags, message) => {
    await using project = await projectDir({
      'skaffold.yaml': JSON.stringify({ apiVersion: 'skaffold/v4beta13', kind: 'Config', ...configuration }),
      Dockerfile: 'FROM scratch\n',
    });
    const end = await runCli(['build', '--on', 'fake', '--output', 'text', ...flags], {
      cwd: project.path,
      env: project.env,
    }).exits(2);
    expect(end.stdout + end.stderr).toContain(message);
    expect(await project.leftovers()).toEqual([]);
    if (flags.includes('--file-output')) return;
    // Programs get the reason, too.
    const json = await runCli(['build', '--on', 'fake', '--output', 'json', ...flags], {
      cwd: project.path,
      env: project.env,
    }).exits(2);
    const { diagnostics, results } = JSON.parse(json.stdout) as { diagnostics: { message: string }[]; results: [] };
    expect(diagnostics.map((one) => one.message).join()).toContain(message);
    expect(results).toEqual([]);
  });
});
