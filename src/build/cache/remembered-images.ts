import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { FoundImage, ImageBuilder } from '../../runtime/image-builder.ts';

type Images = Pick<ImageBuilder, 'find' | 'tag' | 'push' | 'pull'>;

/** Images that are looked up once for all artifacts. */
export interface RememberedImages extends Images {
  /** To be called when something may have made, pulled or removed images. */
  forget(): void;
}

/** Shares look-ups between artifacts, which often start from the same image. A failed look-up is not remembered. */
export function rememberedImages(images: Images): RememberedImages {
  const known = new Map<string, Promise<Outcome<FoundImage | undefined>>>();
  return {
    async find(reference, signal) {
      const shared = known.get(reference);
      const answer = shared && (await shared);
      // The other look-up may have ended with the signal of its artifact.
      if (answer?.status === 'succeeded') return answer;
      const found = images.find(reference, signal);
      known.set(reference, found);
      const outcome = await found;
      if (outcome.status !== 'succeeded' && known.get(reference) === found) known.delete(reference);
      return outcome;
    },
    async tag(image, reference, signal) {
      const tagged = await images.tag(image, reference, signal);
      known.delete(reference);
      return tagged;
    },
    ...(images.pull && {
      async pull(reference, work) {
        const pulled = await images.pull?.(reference, work);
        known.delete(reference);
        return pulled ?? succeeded(undefined);
      },
    }),
    push: async (push, work) => await images.push(push, work),
    forget: () => known.clear(),
  };
}
