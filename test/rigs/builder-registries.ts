/** Registries for tests of builders in containers, at an address that the container can reach. */
import type { RegistryUnderTest } from '../contracts/image-builder.contract.ts';
import { pushImage } from './builder-images.ts';
import { baseImage } from './engines.ts';
import { RegistryRig } from './registry.ts';

export interface BuilderRegistries extends AsyncDisposable {
  /** The base image of all tests, in a registry without a login. */
  readonly base: string;
  /** Accepts one user. */
  readonly registry: RegistryUnderTest;
  /** Returns the registry's description of an image. */
  describe(reference: string): Promise<string | undefined>;
}

/**
 * @param socket of an engine that has the base image
 * @param host an address of this machine that containers can reach
 */
export async function openBuilderRegistries(socket: string, host: string): Promise<BuilderRegistries> {
  const [open, closed] = [await RegistryRig.start('everybody'), await RegistryRig.start()];
  const [openAddress, address] = [await open.openDoor(host), await closed.openDoor(host)];
  // Docker pushes without TLS only to loopback.
  await pushImage(socket, baseImage, `${open.address}/base/busybox:1`);
  return {
    base: `${openAddress}/base/busybox:1`,
    registry: {
      address,
      login: RegistryRig.login,
      config: closed.config(undefined, address),
      digest: async (repository, tag) => await closed.digest(repository, tag),
    },
    describe: async (reference) => {
      const [, repository, tag] = new RegExp(`^${address}/(.*):([^:]+)$`).exec(reference) ?? [];
      return repository === undefined || tag === undefined ? undefined : await closed.describe(repository, tag);
    },
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await closed[Symbol.asyncDispose]();
    },
  };
}
