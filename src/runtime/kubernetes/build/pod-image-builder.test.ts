import { imageBuilderContract, type ImageBuilderUnderTest } from '../../../../test/contracts/image-builder.contract.ts';
import { engineJson } from '../../../../test/rigs/ask-engine.ts';
import { builderImage, type BuilderImage } from '../../../../test/rigs/builder-images.ts';
import { openBuilderRegistries } from '../../../../test/rigs/builder-registries.ts';
import { engines } from '../../../../test/rigs/engines.ts';
import { isRunning } from '../../../../test/rigs/machine-process.ts';
import { noRegistry } from '../../../../test/rigs/registry.ts';
import { systemClock } from '../../../model/clock.ts';
import { openEngine } from '../../docker/docker-provider.ts';
import { PodImageBuilder } from './pod-image-builder.ts';

/** Nothing that is built stays where it was built, and neither can be handed a secret of its own. */
const kanikoTraits = { keepsImages: false, counts: false, secrets: false };

for (const kind of ['kaniko', 'kaniko-debug'] as const) imageBuilderContract(`${kind} on Docker`, async () => await onDocker(kind), kanikoTraits);

/** Docker's default profile forbids the namespaces that Buildah needs: it is tried on a cluster only. */
async function onDocker(kind: BuilderImage): Promise<ImageBuilderUnderTest | { skip: string }> {
  const socket = engines.find(({ name }) => name === 'docker')?.socket ?? '';
  if (socket === '') return { skip: 'SLIPWAY_TEST_DOCKER does not name an engine' };
  if (noRegistry !== undefined) return { skip: noRegistry };
  const image = await builderImage(socket, kind);
  if ('skip' in image) return image;
  const runtime = await openEngine({ kind: 'unix', path: socket }, { env: {}, home: '/nowhere', uid: 0, clock: systemClock }, new AbortController().signal);
  if (typeof runtime === 'string') throw new Error(runtime);
  const registries = await openBuilderRegistries(socket, await gatewayOf(socket));
  return {
    builder: new PodImageBuilder(runtime, { kind: 'kaniko', image: image.name }),
    base: registries.base,
    common: { insecure: true },
    registry: registries.registry,
    describeImage: async (reference) => await registries.describe(reference),
    goesOn: isRunning,
    removeImage: async () => await Promise.resolve(),
    async close() {
      await runtime[Symbol.asyncDispose]();
      await registries[Symbol.asyncDispose]();
    },
  };
}

/** The address of this machine in the engine's network. */
async function gatewayOf(socket: string): Promise<string> {
  const { IPAM: addresses } = (await engineJson(socket, '/networks/bridge')) as { IPAM: { Config: { Gateway: string }[] } };
  return addresses.Config[0]?.Gateway ?? '';
}
