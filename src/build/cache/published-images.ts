import type { Clock } from '../../model/clock.ts';
import { parseImageReference, type ImageReference } from '../../registry/image-reference.ts';
import type { Registry } from '../../registry/registry.ts';
import type { PushTarget } from '../builder.ts';

/**
 * Images in registries, as far as the cache needs them. A registry that refuses or does not answer is like one that does not
 * have the image: the build finds and reports that.
 */
export interface PublishedImages {
  /** Returns the digest of an image by its tag, or by its digest (`NAME@sha256:…`). `undefined`: there is none. */
  digest(reference: string, push: PushTarget, work: RegistryWork): Promise<string | undefined>;
  /**
   * Gives an image of a repository another tag there. No layer is read or sent.
   * @param from with the digest
   * @returns the digest, or `undefined` if the tag was not made: there is no such image, or `to` is of another repository
   */
  retag(from: string, to: string, push: PushTarget, work: RegistryWork): Promise<string | undefined>;
}

export interface RegistryWork {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

type PublishedRegistry = Pick<Registry, 'digest' | 'tag'>;

/** @param registryOf opens the registry of an image */
export function publishedImages(
  registryOf: (image: ImageReference, push: PushTarget, work: RegistryWork) => PublishedRegistry & Disposable,
): PublishedImages {
  return {
    async digest(reference, push, work) {
      const image = parseImageReference(reference);
      using registry = registryOf(image, push, work);
      return await digestOf(registry, image, work.signal);
    },
    async retag(from, to, push, work) {
      const [image, wanted] = [parseImageReference(from), parseImageReference(to)];
      if (image.registry !== wanted.registry || image.repository !== wanted.repository) return undefined;
      using registry = registryOf(image, push, work);
      const digest = await digestOf(registry, image, work.signal);
      if (digest === undefined || (await digestOf(registry, wanted, work.signal)) === digest) return digest;
      const tagged = await registry.tag(image, wanted.tag, work.signal);
      return 'failure' in tagged ? undefined : digest;
    },
  };
}

async function digestOf(
  registry: PublishedRegistry,
  image: ImageReference,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await registry.digest(image, signal);
  return 'failure' in found ? undefined : found.value?.digest;
}
