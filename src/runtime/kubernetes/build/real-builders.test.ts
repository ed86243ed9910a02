import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { imageBuilderContract, type ImageBuilderUnderTest } from '../../../../test/contracts/image-builder.contract.ts';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { builderImage, type BuilderImage } from '../../../../test/rigs/builder-images.ts';
import { openBuilderRegistries } from '../../../../test/rigs/builder-registries.ts';
import { openBuilderRuntime } from '../../../../test/rigs/builder-runtimes.ts';
import { baseImage, engines } from '../../../../test/rigs/engines.ts';
import { isRunning } from '../../../../test/rigs/machine-process.ts';
import { noRegistry } from '../../../../test/rigs/registry.ts';
import { tarSource } from '../../../../test/rigs/tree.ts';
import { noKubernetesSettings } from '../../../model/kubernetes-settings.ts';
import type { ImageBuild, ImagePush } from '../../image-builder.ts';
import { PodImageBuilder } from './pod-image-builder.ts';

type Place = 'docker' | 'cluster';

/** What builders in a pod have in common. */
const podTraits = { cacheFrom: false, networks: [], caches: false, checksPlatform: false } as const;

/** Builders that keep no images. Kaniko does not report the number of instructions, and has no secrets. */
imageBuilderContract('Kaniko in a container of Docker', async () => await open('docker', 'kaniko'), {
  keepsImages: false,
  counts: false,
  secrets: false,
  ...podTraits,
  ssh: [],
  addHosts: false,
});
/** Docker's default profile forbids the namespaces that Buildah needs. */
imageBuilderContract('Buildah in a pod', async () => await open('cluster', 'buildah'), {
  ...podTraits,
  keepsImages: false,
  ssh: ['keys'],
});

/** What depends on the variant of Kaniko's image, and on the needs of a pod. */
describe.each<[BuilderImage, Place, 'built' | 'unsupported']>([
  ['kaniko-debug', 'docker', 'built'],
  ['kaniko', 'docker', 'unsupported'],
  ['kaniko-debug', 'cluster', 'built'],
  ['kaniko', 'cluster', 'unsupported'],
])('%s, %s', (kind, place, hidden) => {
  let opened: ImageBuilderUnderTest | { readonly skip: string } = { skip: 'it could not be opened' };
  beforeAll(async () => {
    opened = await open(place, kind);
  });
  beforeEach((context) => {
    if ('skip' in opened) context.skip(opened.skip);
  });
  afterAll(async () => {
    if (!('skip' in opened)) await opened.close?.();
  });

  /** @param name of the image and of the workload */
  const buildOf = (name: string, more: Partial<ImageBuild>): ImageBuild & { readonly pushes: readonly [ImagePush] } => {
    if ('skip' in opened || typeof opened.registry === 'string') throw new Error('only inside a test');
    const reference = `${opened.registry.address}/slipway-test/${name}:1`;
    return {
      context: tarSource([
        { path: 'Dockerfile', content: `FROM ${opened.base}\nARG WORD=nothing\nRUN echo "it is $WORD"\n` },
      ]),
      dockerfile: 'Dockerfile',
      references: [reference],
      args: [],
      secrets: new Map(),
      labels: {},
      pull: 'missing',
      baseImages: [opened.base],
      insecure: true,
      workload: { name: `real-builders-${name}`, labels: {} },
      ...more,
      pushes: [{ reference, login: opened.registry.login, insecure: true }],
    };
  };
  const subject = (): ImageBuilderUnderTest => opened as ImageBuilderUnderTest;

  test('builds and pushes', { timeout: 120_000 }, async () => {
    const build = buildOf('plain', { args: [{ name: 'WORD', value: 'open' }] });
    const { work, text } = recordingWork();
    expect(await subject().builder.build(build, work), text()).toMatchObject({ status: 'succeeded' });
    expect(text().split('\n')).toContain('it is open');
    const pushed = await subject().builder.push(build.pushes[0], work);
    expect(await subject().describeImage(build.references[0] ?? '')).toContain(
      pushed.status === 'succeeded' ? pushed.value.digest : 'no digest',
    );
  });

  test(`an argument with a secret: ${hidden}`, { timeout: 120_000 }, async () => {
    const build = buildOf('secret', {
      args: [{ name: 'WORD', value: "it's hidden" }],
      hides: (text) => text.includes('hidden'),
    });
    const { work, text } = recordingWork();
    const outcome = await subject().builder.build(build, work);
    if (hidden === 'unsupported') expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'unsupported' } });
    else {
      expect(outcome, text()).toMatchObject({ status: 'succeeded' });
      expect(text().split('\n')).toContain("it is it's hidden");
    }
  });
});

async function open(place: Place, kind: BuilderImage): Promise<ImageBuilderUnderTest | { readonly skip: string }> {
  const socket = engines.find(({ name }) => name === 'docker')?.socket ?? '';
  if (socket === '')
    return { skip: 'SLIPWAY_TEST_DOCKER does not name an engine, which the images of builders are made with' };
  if (noRegistry !== undefined) return { skip: noRegistry };
  const image = await builderImage(socket, kind);
  if ('skip' in image) return image;
  // Without a shell it cannot transfer files to its pod itself.
  const opened = await openBuilderRuntime(
    place,
    socket,
    kind === 'kaniko' ? { ...noKubernetesSettings, helperImage: baseImage } : noKubernetesSettings,
  );
  if ('skip' in opened) return opened;
  const registries = await openBuilderRegistries(socket, opened.host);
  return {
    builder: new PodImageBuilder(opened.runtime, {
      kind: kind === 'buildah' ? 'buildah' : 'kaniko',
      image: await opened.imageThere(image.name),
    }),
    base: registries.base,
    common: { insecure: true },
    registry: registries.registry,
    describeImage: async (reference) => await registries.describe(reference),
    goesOn: isRunning,
    removeImage: async () => await Promise.resolve(),
    async close() {
      await opened[Symbol.asyncDispose]();
      await registries[Symbol.asyncDispose]();
    },
  };
}
