import { join } from 'node:path';
import type { Builder, BuiltArtifact } from '../../build/builder.ts';
import { artifactName, openArtifactCache } from '../../build/cache/artifact-cache.ts';
import { cachedBuilder, type CacheParts } from '../../build/cache/cached-builder.ts';
import { publishedImages } from '../../build/cache/published-images.ts';
import { openSharedCache } from '../../build/cache/shared-cache.ts';
import { rememberedImages, type RememberedImages } from '../../build/cache/remembered-images.ts';
import type { ImageArtifact } from '../../model/artifact.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import { endedBy, type StepRunner, type StepWork } from '../../steps/step-runner.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactStepSpec } from '../plan/artifact-spec.ts';
import { buildOf, makeBuilder, optionsOf, registryOpener, type ArtifactSurroundings } from './artifact-builders.ts';

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
    published: publishedImages(registryOpener(around)),
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
  const { image, context, builder } = spec;
  const made = makeBuilder(builder, { images, remembered, context, around });
  const inner = forgetting(made, remembered, caches.elsewhere);
  const whole = spec.cache
    ? cachedBuilder(inner, {
        ...{ ...caches, images: remembered, artifact: artifactName(image, context), options: optionsOf(builder) },
        ...(spec.sharedCache !== undefined && { shared: openSharedCache(spec.sharedCache) }),
        ...(spec.importMissing && { importMissing: true }),
      })
    : inner;
  return await whole.build(buildOf(spec), work);
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
