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
      if (!isOfSeveral(build)) return await builderOf(undefined).build(buildOfOne(build, machine), work);
      const { reference, platforms, push } = build;
      const images: PlatformImage[] = [];
      const caches: (readonly [string, CacheResult | undefined])[] = [];
      for (const [i, platform] of platforms.entries()) {
        work.output.observe({ type: 'progress', subject: platform, current: i + 1, total: platforms.length });
        const single = buildOfPlatform(build, platform);
        const { reference: own } = single;
        const built = await builderOf(platform).build(single, work);
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

/** A build that makes an image of one platform. */
export interface PlatformBuild<Options> {
  /** Absent: it makes the only image of the artifact. */
  readonly platform?: string;
  readonly build: ArtifactBuild<Options>;
}

/** Returns the builds that make the images of an artifact, as `multiPlatformBuilder` runs them. */
export function platformBuilds<Options>(
  build: ArtifactBuild<Options>,
  machine: string,
): readonly PlatformBuild<Options>[] {
  if (!isOfSeveral(build)) return [{ build: buildOfOne(build, machine) }];
  return build.platforms.map((platform) => ({ platform, build: buildOfPlatform(build, platform) }));
}

function isOfSeveral<Options>(
  build: ArtifactBuild<Options>,
): build is ArtifactBuild<Options> & { readonly push: PushTarget } {
  return build.push !== undefined && build.platforms.length > 1;
}

function buildOfOne<Options>(build: ArtifactBuild<Options>, machine: string | undefined): ArtifactBuild<Options> {
  const [only = machine] = build.platforms;
  return { ...build, requires: requiredBy(only, build) };
}

function buildOfPlatform<Options>(build: ArtifactBuild<Options>, platform: string): ArtifactBuild<Options> {
  const reference = platformReference(build.reference, platform);
  return { ...build, reference, platforms: [platform], requires: requiredBy(platform, build) };
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

/** Returns what the cache said of all platforms: the first miss counts, and the reasons of all. */
function joined(caches: readonly (readonly [string, CacheResult | undefined])[]): CacheResult | undefined {
  const reasons: string[] = [];
  let missed: string | undefined;
  for (const [platform, cache] of caches) {
    if (cache === undefined) return undefined;
    if ('hit' in cache) continue;
    missed ??= `${platform}: ${cache.missed}`;
    for (const reason of cache.reasons ?? [cache.missed]) reasons.push(`${platform}: ${reason}`);
  }
  return missed === undefined ? { hit: true } : { missed, reasons };
}
