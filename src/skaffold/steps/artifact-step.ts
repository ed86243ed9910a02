import { join } from 'node:path';
import type { Builder, BuiltArtifact } from '../../build/builder.ts';
import { artifactName, openArtifactCache } from '../../build/cache/artifact-cache.ts';
import { cachedBuilder, type CacheParts } from '../../build/cache/cached-builder.ts';
import { publishedImages } from '../../build/cache/published-images.ts';
import { rememberedImages, type RememberedImages } from '../../build/cache/remembered-images.ts';
import { openSharedCache } from '../../build/cache/shared-cache.ts';
import { multiPlatformBuilder } from '../../build/platforms/multi-platform-builder.ts';
import { pushIndex } from '../../build/platforms/push-index.ts';
import type { ImageArtifact } from '../../model/artifact.ts';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import { endedBy, type StepRunner, type StepWork } from '../../steps/step-runner.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuilder, ArtifactStepSpec } from '../plan/artifact-spec.ts';
import { buildsSeveralPlatforms } from '../plan/platform-decision.ts';
import { artifactRegistry } from './artifact-registry.ts';
import { hookedArtifact, type ArtifactSurroundings } from './hooked-artifact.ts';

/** What the artifacts of a run share. */
interface BuildCaches extends Pick<CacheParts, 'cache' | 'index' | 'elsewhere' | 'published'> {
  readonly images?: RememberedImages;
}

/** Runs the builder of an artifact. */
export function artifactStep(context: StepContext, around: ArtifactSurroundings): StepRunner<ArtifactStepSpec> {
  const { images } = context.builds;
  const caches: BuildCaches = {
    ...(images && { images: rememberedImages(images) }),
    elsewhere: new Map(),
    published: publishedImages((...request) => artifactRegistry(around, ...request)),
    cache: openArtifactCache(join(around.caches, 'artifacts')),
    index: openTreeIndex(join(around.caches, 'files'), () => around.clock.now()),
  };
  return {
    async run({ spec }, work) {
      // A cancelled build needs no cleanup: it stopped with the connection of the process that started it.
      if (work.signal.aborted) return { outcome: endedBy(work.signal), artifacts: [] };
      // A stop at once does not wait for an engine that does not answer.
      const untilAtOnce: StepWork = { ...work, signal: AbortSignal.any([work.signal, work.atOnce]) };
      const { image, reference } = spec;
      const built = await buildArtifact(spec, context.builds, around, caches, untilAtOnce);
      if (built.status === 'cancelled')
        return { outcome: endedBy(work.signal.aborted ? work.signal : work.atOnce), artifacts: [] };
      if (built.status !== 'succeeded') return { outcome: built, artifacts: [] };
      const { id, digest, cache } = built.value;
      const artifact: ImageArtifact = {
        kind: 'image',
        name: image,
        id: id ?? digest ?? '',
        references: [reference],
        pushed: digest === undefined ? [] : [{ reference, digest }],
        ...(cache && { cache }),
      };
      return { outcome: succeeded(undefined), artifacts: [artifact] };
    },
  };
}

async function buildArtifact(
  spec: ArtifactStepSpec,
  builds: Runtime,
  around: ArtifactSurroundings,
  { images: remembered, ...caches }: BuildCaches,
  work: StepWork,
): Promise<Outcome<BuiltArtifact>> {
  const { images } = builds;
  if (images === undefined || remembered === undefined) return unsupported(builds);
  const made = await hookedArtifact(spec, { images, remembered }, around);
  if (made.status !== 'succeeded') return made;
  const { build, options } = made.value;
  const inner = forgetting(made.value.builder, remembered, caches.elsewhere);
  /** Each platform has images of its own in the cache. */
  const cached = (platform?: string): Builder<ArtifactBuilder> =>
    spec.cache
      ? cachedBuilder(inner, {
          ...{ ...caches, images: remembered, options, artifact: artifactName({ ...spec, platform }) },
          ...(spec.sharedCache !== undefined && { shared: openSharedCache(spec.sharedCache) }),
          ...(spec.importMissing && { importMissing: true }),
        })
      : inner;
  const whole = buildsSeveralPlatforms(spec.builder.type)
    ? cached()
    : multiPlatformBuilder({
        builderOf: cached,
        pushIndex: async (of, made, target, { signal, clock }) => {
          using registry = artifactRegistry(around, parseImageReference(of), target, { clock });
          try {
            return await pushIndex(registry, of, made, signal);
          } catch (error) {
            if (signal.aborted) return cancelledBy(signal);
            throw error;
          }
        },
        machine: around.machine,
      });
  return await whole.build(build, work);
}

/** Returns a builder after which images are looked up again: it made one, and may have pulled others. */
function forgetting<Options>(
  inner: Builder<Options>,
  images: RememberedImages,
  elsewhere: Map<string, string>,
): Builder<Options> {
  return {
    ...inner,
    async build(build, work) {
      elsewhere.delete(build.reference);
      try {
        const built = await inner.build(build, work);
        const { id, digest } = built.status === 'succeeded' ? built.value : {};
        if (id === undefined && digest !== undefined) elsewhere.set(build.reference, digest);
        return built;
      } finally {
        images.forget();
      }
    },
  };
}

function unsupported({ withoutImages }: Runtime): Outcome<never> {
  const detail = withoutImages
    ? `${withoutImages.because}: ${withoutImages.advice}`
    : 'this runtime cannot build images: use --on docker';
  return failed({ code: 'unsupported', detail });
}
