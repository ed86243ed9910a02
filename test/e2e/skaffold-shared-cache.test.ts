/** The artifact cache of `slipway build` over several machines: a shared folder, and what a registry has. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type EngineUnderTest } from '../rigs/engines.ts';
import { noRegistry, RegistryRig } from '../rigs/registry.ts';
import { skaffoldWorld } from '../rigs/skaffold-world.ts';

describe('the shared artifact cache', () => {
  let registry: RegistryRig | undefined;
  beforeAll(async () => {
    if (noRegistry === undefined) registry = await RegistryRig.start();
  });
  afterAll(async () => await registry?.[Symbol.asyncDispose]());

  async function open(engine: EngineUnderTest, local: object) {
    const { address = '' } = registry ?? {};
    const world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: { envTemplate: { template: 'v1' } },
          ...{ local, insecureRegistries: [address] },
          artifacts: [
            { image: name('base'), context: 'base' },
            { image: name('app'), context: 'app', requires: [{ image: name('base'), alias: 'PARENT' }] },
          ],
        },
      }),
      {
        'base/Dockerfile': 'FROM BASE\nCOPY . /base\n',
        'base/file': 'WORD',
        'app/Dockerfile': 'ARG PARENT\nFROM ${PARENT}\nCOPY . /app\n',
        'app/file': 'WORD',
      },
      { registry: address },
    );
    await world.project.write({ '../home/.docker/config.json': registry?.config() ?? '{}' });
    const digestOf = async (image: string, tag: string) =>
      await registry?.digest(`slipway-test/${world.word}/${image}`, tag);
    const removeAll = async () => {
      for (const tag of await world.tags()) await world.removeImage(tag);
    };
    /** Goes on as another machine: with another state, and with the sources in another folder. */
    const elsewhere = async (name: string) => {
      const folder = join(world.project.path, '..', name);
      await cp(world.project.path, folder, { recursive: true });
      world.env('SLIPWAY_STATE', join(folder, '..', `state-of-${name}`));
      return folder;
    };
    return { world, digestOf, removeAll, elsewhere };
  }

  describe.each(engines)('on $name', (engine) => {
    const test = it.skipIf(engine.host === undefined || noRegistry !== undefined);

    test('gives what another machine has pushed its new tag, without the image', async () => {
      const { world, digestOf, removeAll, elsewhere } = await open(engine, { push: true });
      await using _world = world;
      const shared = ['--cache-dir', join(world.project.path, '..', 'shared')];
      const first = await world.json(0, ...shared);
      expect(first.results).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
      await removeAll();

      const folder = await elsewhere('second');
      const explained = JSON.parse(
        (await world.cli('cache', 'explain', folder, '--output', 'json', ...shared).exits(0)).stdout,
      ) as object;
      expect(explained).toMatchObject({ artifacts: [{ cached: true }, { cached: true }] });
      const { results } = await world.json(0, folder, '--tag', 'v2', ...shared);
      expect(results).toMatchObject(
        first.results.map(({ image, digest }) => ({ image, digest, cache: { hit: true }, status: 'succeeded' })),
      );
      for (const image of ['base', 'app']) expect(await digestOf(image, 'v2')).toBe(await digestOf(image, 'v1'));
      expect(await world.tags()).toEqual([]);

      // Without a push the engine must have the image.
      expect((await world.json(0, folder, '--no-push', ...shared)).results).toMatchObject([
        { cache: { missed: `the image ${world.name('base')}:v1 is gone` } },
        { status: 'succeeded' },
      ]);
    });

    test('imports images that the cache lacks, if the configuration says so', async () => {
      const { world, digestOf, removeAll, elsewhere } = await open(engine, { push: true, tryImportMissing: true });
      await using _world = world;
      expect((await world.json(0)).results).toMatchObject([{ cache: { missed: 'not built before' } }, {}]);
      const { Id: id } = (await world.image(`${world.name('base')}:v1`)) ?? {};
      // The engine has it.
      const second = await elsewhere('second');
      expect((await world.json(0, second, '--no-push')).results).toMatchObject([{ id, cache: { hit: true } }, {}]);
      // Only the registry has it.
      await removeAll();
      const third = await elsewhere('third');
      const digest = await digestOf('base', 'v1');
      expect((await world.json(0, third)).results).toMatchObject([{ digest, cache: { hit: true } }, {}]);
      expect(await world.tags()).toEqual([]);
      // Without a push it is pulled. Podman asks its own configuration whether a registry may use plain HTTP.
      if (engine.name === 'podman') return;
      const fourth = await elsewhere('fourth');
      expect((await world.json(0, fourth, '--no-push')).results).toMatchObject([{ id, cache: { hit: true } }, {}]);
      expect((await world.image(`${world.name('base')}:v1`))?.Id).toBe(id);
    });
  });
});
