import type { CacheResult } from '../../model/artifact.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ArtifactBuild, Builder, BuiltArtifact, PushTarget, RequiredImage } from '../builder.ts';
import { platformReference } from './platform-names.ts';

/** The image of one platform, in its registry. */
export interface PlatformImage {
  readonly platform: string;
  /** Its own tag, in the repository of the index. */
  readonly reference: string;
  /** The digest of its manifest. */
  readonly digest: string;
}

export interface PlatformParts<Options> {
  /** Returns the builder of one platform, or of the only image. */
  readonly builderOf: (platform: string | undefined) => Builder<Options>;
  /**
   * Stores an index of pushed images under a reference, and returns its digest. Failures: `build-failed` (an image is for another
   * platform), `push-failed`.
   */
  readonly pushIndex: (
    reference: string,
    images: readonly PlatformImage[],
    push: PushTarget,
    work: Work,
  ) => Promise<Outcome<string>>;
  /** The platform of builds that name none. Absent: unknown. */
  readonly machine?: string;
}

/**
 * Builds an image of several platforms with a builder of one: one image after the other, each pushed under a tag of its own, and
 * then an index of them under the reference. A build that pushes nothing must have one platform at most.
 */
export function multiPlatformBuilder<Options>({
  builderOf,
  pushIndex,
  machine,
}: PlatformParts<Options>): Pick<Builder<Options>, 'build'> {
  return {
    async build(build, work) {
      const { reference, platforms, push } = build;
      const [only = machine] = platforms;
      if (push === undefined || platforms.length < 2)
        return await builderOf(undefined).build({ ...build, requires: requiredBy(only, build) }, work);
      const images: PlatformImage[] = [];
      const caches: (readonly [string, CacheResult | undefined])[] = [];
      for (const [i, platform] of platforms.entries()) {
        work.output.observe({ type: 'progress', subject: platform, current: i + 1, total: platforms.length });
        const own = platformReference(reference, platform);
        const built = await builderOf(platform).build(
          { ...build, reference: own, platforms: [platform], requires: requiredBy(platform, build) },
          work,
        );
        if (built.status !== 'succeeded') return built;
        const { digest, cache } = built.value;
        if (digest === undefined) throw new Error(`${own} was pushed without a digest`);
        images.push({ platform, reference: own, digest });
        caches.push([platform, cache]);
      }
      const index = await pushIndex(reference, images, push, work);
      if (index.status !== 'succeeded') return index;
      work.output.observe({ type: 'image.pushed', image: reference, digest: index.value });
      const cache = joined(caches);
      return succeeded<BuiltArtifact>({ digest: index.value, ...(cache && { cache }) });
    },
  };
}

/**
 * Returns the required images for one platform. An engine has the images of one platform, but not their index: with the index it would
 * use an older image of the same name.
 */
function requiredBy(platform: string | undefined, { requires }: Pick<ArtifactBuild, 'requires'>) {
  return requires.map(({ alias, reference, platforms = [] }): RequiredImage => {
    const own = platform !== undefined && platforms.length > 1 && platforms.includes(platform);
    return { alias, reference: own ? platformReference(reference, platform) : reference };
  });
}

/** Returns what the cache said of all platforms: the first miss counts. */
function joined(caches: readonly (readonly [string, CacheResult | undefined])[]): CacheResult | undefined {
  for (const [platform, cache] of caches) {
    if (cache === undefined) return undefined;
    if ('missed' in cache) return { missed: `${platform}: ${cache.missed}` };
  }
  return { hit: true };
}
