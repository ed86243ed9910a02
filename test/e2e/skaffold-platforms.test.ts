/** `slipway build` for several platforms on every engine (docs/skaffold-builders.md, "Several platforms"). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { noRegistry, RegistryRig } from '../rigs/registry.ts';
import { skaffoldWorld } from '../rigs/skaffold-world.ts';

const platforms = ['linux/amd64', 'linux/arm64'];

describe('build for several platforms', () => {
  let registry: RegistryRig | undefined;
  beforeAll(async () => {
    if (noRegistry === undefined) registry = await RegistryRig.start('everybody');
  });
  afterAll(async () => await registry?.[Symbol.asyncDispose]());

  /** Reads a manifest, an index or a configuration of the registry. */
  async function read(path: string): Promise<{ readonly status: number; readonly type: string; readonly body: Body }> {
    const accept = ['oci.image.index.v1', 'oci.image.manifest.v1', 'docker.distribution.manifest.list.v2']
      .concat('docker.distribution.manifest.v2')
      .map((type) => `application/vnd.${type}+json`);
    const response = await fetch(`http://${registry?.address ?? ''}/v2/${path}`, {
      headers: { accept: accept.join() },
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: (await response.json()) as Body };
  }

  interface Body {
    readonly manifests?: readonly { digest: string; platform: { os: string; architecture: string } }[];
    readonly config?: { readonly digest: string };
    readonly os?: string;
    readonly architecture?: string;
    readonly rootfs?: { readonly diff_ids: readonly string[] };
  }

  describe.each(engines)('on $name', (engine) => {
    const test = it.skipIf(engine.host === undefined || noRegistry !== undefined);
    // An image without a base runs nowhere and is built anywhere: no emulator is needed.
    const files = {
      'base/Dockerfile': 'FROM scratch\nARG TARGETARCH\nCOPY file /base-${TARGETARCH}\n',
      'base/file': 'WORD',
      'app/Dockerfile': 'ARG PARENT\nFROM ${PARENT}\nCOPY file /app\n',
      'app/file': 'WORD app',
    };
    const configuration = (name: (image: string) => string) => ({
      build: {
        tagPolicy: { envTemplate: { template: 'v1' } },
        local: { push: true },
        insecureRegistries: [registry?.address ?? ''],
        platforms,
        artifacts: [
          { image: name('app'), context: 'app', requires: [{ image: name('base'), alias: 'PARENT' }] },
          { image: name('base'), context: 'base' },
        ],
      },
    });
    const world = async () => await skaffoldWorld(engine, configuration, files, { registry: registry?.address ?? '' });

    test('pushes an index with an image for each platform, and takes the images from the cache afterwards', async () => {
      await using project = await world();
      const { results, builds } = await project.json(0);
      for (const [i, image] of ['app', 'base'].entries()) {
        const repository = `slipway-test/${project.word}/${image}`;
        const index = await read(`${repository}/manifests/v1`);
        expect(index.type).toMatch(/image\.index\.v1|manifest\.list\.v2/);
        const architectures: (string | undefined)[] = [];
        for (const { digest, platform } of index.body.manifests ?? []) {
          const { body: manifest } = await read(`${repository}/manifests/${digest}`);
          const { body: config } = await read(`${repository}/blobs/${manifest.config?.digest ?? ''}`);
          expect(config).toMatchObject(platform);
          // The image of `app` begins with the layer of `base` for the same platform.
          expect(config.rootfs?.diff_ids).toHaveLength(image === 'app' ? 2 : 1);
          architectures.push(config.architecture);
        }
        expect(architectures).toEqual(['amd64', 'arm64']);
        const digest = await pushedDigest(repository);
        expect(results[i]).toMatchObject({ status: 'succeeded', digest, id: digest });
        expect(builds[i]).toEqual({ imageName: project.name(image), tag: `${project.name(image)}:v1@${digest}` });
      }
      expect(results[0]?.cache).toEqual({
        missed: 'linux/amd64: not built before',
        reasons: ['linux/amd64: not built before', 'linux/arm64: not built before'],
      });
      const explained = async () =>
        JSON.parse((await project.cli('cache', 'explain', '--output', 'json').exits(0)).stdout) as object;
      expect(await explained()).toMatchObject({ artifacts: [{ cached: true }, { cached: true }] });
      const again = await project.json(0, '--tag', 'v2');
      expect(again.results).toMatchObject([{ cache: { hit: true } }, { cache: { hit: true } }]);
      expect((await read(`slipway-test/${project.word}/app/manifests/v2`)).body.manifests).toHaveLength(2);

      await project.project.write({ 'app/file': 'other' });
      const changed = ['linux/amd64: file changed', 'linux/arm64: file changed'];
      expect(await explained()).toMatchObject({ artifacts: [{ reasons: changed }, { cached: true }] });
      const listed = JSON.parse((await project.cli('cache', 'list', '--output', 'json').exits(0)).stdout) as {
        readonly artifacts: readonly { readonly image: string; readonly platform?: string }[];
      };
      const own = listed.artifacts.filter(({ image }) => image === project.name('app'));
      expect(new Set(own.map(({ platform }) => platform))).toEqual(new Set(platforms));
    });

    test('runs the hooks of an artifact once, and takes the images from the cache afterwards', async () => {
      const say = (what: string) => ({
        command: ['sh', '-c', `echo "${what} $SKAFFOLD_IMAGE_TAG" >> hooks.log; wc -l < hooks.log > base/made`],
      });
      await using project = await skaffoldWorld(
        engine,
        (name) => ({
          build: {
            ...configuration(name).build,
            artifacts: [
              { image: name('base'), context: 'base', hooks: { before: [say('before')], after: [say('after')] } },
            ],
          },
        }),
        { 'base/Dockerfile': 'FROM scratch\nCOPY file made /\n', 'base/file': 'WORD' },
        { registry: registry?.address ?? '' },
      );
      await project.json(0);
      expect(await project.project.read('hooks.log')).toBe('before v1\nafter v1\n');
      // The hook after the build changed a file.
      const again = await project.json(0);
      expect(again.results).toMatchObject([{ cache: { missed: 'linux/amd64: made changed' } }]);
      await project.project.write({ 'base/made': '3\n' });
      expect((await project.json(0)).results).toMatchObject([{ cache: { hit: true } }]);
      expect(await project.project.read('hooks.log')).toBe('before v1\nafter v1\n'.repeat(2));
    });

    async function pushedDigest(repository: string): Promise<string> {
      const accept =
        'application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json';
      const response = await fetch(`http://${registry?.address ?? ''}/v2/${repository}/manifests/v1`, {
        headers: { accept },
      });
      await response.arrayBuffer();
      return response.headers.get('docker-content-digest') ?? '';
    }

    test('builds one platform for the engine, with a warning, and one that is asked for', async () => {
      await using project = await world();
      const { stdout } = await project.build('--no-push').exits(0);
      expect(stdout).toMatch(/S054.*is built for linux\/amd64 only, not for linux\/arm64, because it is not pushed/);
      expect(await project.tags()).toEqual([`${project.name('app')}:v1`, `${project.name('base')}:v1`]);
      await project.build('--disable-multi-platform-build').exits(0);
      expect(await read(`slipway-test/${project.word}/app/manifests/v1`)).not.toHaveProperty('body.manifests');
      await project.build('--platform', 'arm64', '--tag', 'arm').exits(0);
      expect(await project.image(`${project.name('app')}:arm`)).toMatchObject({ Architecture: 'arm64' });
    });

    test('refuses a text that is no platform', async () => {
      await using project = await world();
      const build = await project.build('--platform', 'linux/amd64,all').exits(2);
      expect(build.stdout + build.stderr).toContain('`--platform` is `all`, but must be OS/ARCHITECTURE');
    });
  });
});
