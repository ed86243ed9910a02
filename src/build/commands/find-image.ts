import { cancelledBy, failed, succeeded } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { parseImageReference, type ImageReference } from '../../registry/image-reference.ts';
import type { Registry } from '../../registry/registry.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import type { PushTarget } from '../builder.ts';
import type { CommandSurroundings } from './made-image.ts';

/**
 * Returns the look-up of images that commands have made. An engine may not have an image that was pushed, or an older one of
 * the same name, so its registry is asked.
 */
export function imageFinder(
  images: ImageBuilder,
  registryOf: (image: ImageReference, push: PushTarget, work: Work) => Pick<Registry, 'digest'> & Disposable,
): CommandSurroundings['find'] {
  return async (reference, push, work) => {
    if (push === undefined) {
      const found = await images.find(reference, work.signal);
      // An engine may know a digest of a registry too: Podman makes one up for each image.
      return found.status === 'succeeded' ? succeeded(found.value && { id: found.value.id }) : found;
    }
    const image = parseImageReference(reference);
    using registry = registryOf(image, push, work);
    try {
      const answer = await registry.digest(image, work.signal);
      if ('failure' in answer)
        return failed({ code: 'build-failed', detail: `cannot look up ${reference}: ${answer.failure.message}` });
      return succeeded(answer.value && { digest: answer.value.digest });
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      throw error;
    }
  };
}
