import { join } from 'node:path';
import type { Builder, BuiltArtifact } from '../../build/builder.ts';
import { artifactName, openArtifactCache } from '../../build/cache/artifact-cache.ts';
import { cachedBuilder, type CacheParts } from '../../build/cache/cached-builder.ts';
import { publishedImages } from '../../build/cache/published-images.ts';
import { rememberedImages, type RememberedImages } from '../../build/cache/remembered-images.ts';
import { multiPlatformBuilder } from '../../build/platforms/multi-platform-builder.ts';
import { pushIndex } from '../../build/platforms/push-index.ts';
import { preparedBuilder } from '../../build/prepared-builder.ts';
import type { ImageArtifact } from '../../model/artifact.ts';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import type { ImageBuild, ImageBuilder } from '../../runtime/image-builder.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { loginSecrets } from '../../secrets/login-secrets.ts';
import { makeMask } from '../../secrets/make-mask.ts';
import { maskedOutcome } from '../../secrets/masked-outcome.ts';
import { withMaskedOutput } from '../../steps/decorators/masked.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { PlannedStepOf, StepRunner, StepWork } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import { workloadAnnotations, workloadLabels, workloadName } from '../../steps/workload/make-workload-spec.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuilder, ArtifactStepSpec } from '../plan/artifact-spec.ts';
import { buildsSeveralPlatforms } from '../plan/platform-decision.ts';
import { artifactRegistry } from './artifact-registry.ts';
import { hookedArtifact, sharedCacheOf, type ArtifactSurroundings } from './hooked-artifact.ts';
import { fileOf } from './read-build-secrets.ts';

/** What the artifacts of a run share. */
interface BuildCaches extends Pick<CacheParts, 'cache' | 'index' | 'elsewhere' | 'published'> {
  /** Modules may be built in different places. */
  readonly rememberedOf: (images: ImageBuilder) => RememberedImages;
}

/** Runs the builder of an artifact. */
export function artifactStep(context: StepContext, around: ArtifactSurroundings): StepRunner<ArtifactStepSpec> {
  const remembered = new Map<ImageBuilder, RememberedImages>();
  const caches: BuildCaches = {
    rememberedOf(images) {
      const known = remembered.get(images) ?? rememberedImages(images);
      remembered.set(images, known);
      return known;
    },
    elsewhere: new Map(),
    published: publishedImages((...request) => artifactRegistry(around, ...request)),
    cache: openArtifactCache(join(around.caches, 'artifacts')),
    index: openTreeIndex(join(around.caches, 'files'), () => around.clock.now()),
  };
  return {
    // A cancelled build needs no cleanup: it stopped with the connection of the process that started it.
    run: async (step, work) =>
      await untilStopped(work, async (using) => {
        const { spec } = step;
        const { image, reference } = spec;
        const place = placeOf(context, step, work);
        using _ = place.workload && context.resources.starting(place.builds.kind, place.workload);
        const built = await buildArtifact(spec, place, around, caches, using);
        if (built.status !== 'succeeded') return { outcome: withPlace(built, spec), artifacts: [] };
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
      }),
  };
}

/** Adds where the configuration names a missing file. */
function withPlace(outcome: Outcome<never>, { writtenAt }: ArtifactStepSpec): Outcome<never> {
  if (outcome.status !== 'failed' || outcome.failure.code !== 'file-missing') return outcome;
  const at = writtenAt?.[outcome.failure.field];
  return at ? failed({ ...outcome.failure, at }) : outcome;
}

/** Where an artifact is built. */
interface ArtifactPlace {
  readonly builds: Runtime;
  /** The builder's pod, if it runs in one. The pods of several platforms follow each other, so they share the name. */
  readonly workload?: NonNullable<ImageBuild['workload']>;
}

/** Returns where images are built for an artifact of the cluster, else where steps run. One runtime may be both. */
function placeOf(context: StepContext, step: PlannedStepOf<ArtifactStepSpec>, { attempt }: StepWork): ArtifactPlace {
  const { identity } = context;
  const builds = step.spec.cluster ? context.builds : context.runtime;
  if (step.spec.cluster === undefined || builds.kind !== 'kubernetes') return { builds };
  return {
    builds,
    workload: {
      name: workloadName(identity.run, step.id, attempt),
      labels: workloadLabels(identity, step.id, attempt, 'step'),
      annotations: workloadAnnotations(identity, step),
    },
  };
}

/** Reads the logins of a builder in a cluster. They are secrets that the run does not know. */
async function loginOf({ cluster }: ArtifactStepSpec): Promise<Outcome<{ readonly config: string } | undefined>> {
  if (cluster?.dockerConfig === undefined) return succeeded(undefined);
  const config = await fileOf(cluster.dockerConfig, 'build.cluster.dockerConfig.path');
  return config.status === 'succeeded' ? succeeded({ config: config.value }) : config;
}

async function buildArtifact(
  spec: ArtifactStepSpec,
  { builds, workload }: ArtifactPlace,
  around: ArtifactSurroundings,
  { rememberedOf, ...caches }: BuildCaches,
  work: StepWork,
): Promise<Outcome<BuiltArtifact>> {
  const { images } = builds;
  if (images === undefined) return unsupported(builds);
  const login = await loginOf(spec);
  if (login.status !== 'succeeded') return login;
  const remembered = rememberedOf(images);
  const pod = {
    ...(workload && { workload }),
    ...(login.value !== undefined && { login: login.value }),
  };
  const made = await hookedArtifact(spec, { images, remembered, ...pod }, around);
  if (made.status !== 'succeeded') return made;
  const { build, options, hooks } = made.value;
  const inner = forgetting(made.value.builder, remembered, caches.elsewhere);
  const prepare = hooks && (async (work: Work) => await hooks.before(work).finally(() => remembered.forget()));
  /** What is stored only if the `after` hooks succeed: they are part of the build. */
  const stored: (() => void)[] = [];
  const shared = sharedCacheOf(spec, around);
  /** Each platform has images of its own in the cache. */
  const cached = (platform?: string): Builder<ArtifactBuilder> =>
    // A builder in a pod keeps no images that could be used again.
    spec.cache && builds.kind !== 'kubernetes'
      ? cachedBuilder(inner, {
          ...{ ...caches, images: remembered, options, artifact: artifactName({ ...spec, platform }) },
          ...(shared && { shared }),
          isIsolated: spec.builder.type === 'docker',
          ...(spec.importMissing && { importMissing: true }),
          ...(prepare && { prepare }),
          ...(hooks?.hasAfter && { whenDone: (store) => void stored.push(store) }),
        })
      : preparedBuilder(inner, prepare);
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
        ...(workload === undefined && { machine: around.machine }),
      });
  const buildWith = async (using: StepWork): Promise<Outcome<BuiltArtifact>> => {
    const built = await whole.build(build, using);
    if (built.status !== 'succeeded' || !hooks) return built;
    const ended = await hooks.after(using).finally(() => remembered.forget());
    if (ended.status !== 'succeeded') return ended;
    for (const store of stored) store();
    return built;
  };
  if (login.value === undefined) return await buildWith(work);
  const mask = await makeMask(loginSecrets(login.value.config));
  return await withMaskedOutput(mask, work.output, async (output) =>
    maskedOutcome(mask, await buildWith({ ...work, output })),
  );
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
