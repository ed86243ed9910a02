import { join } from 'node:path';
import type { Builder, BuiltArtifact } from '../../build/builder.ts';
import { openArtifactCache } from '../../build/cache/artifact-cache.ts';
import { cachedBuilder, type CacheParts } from '../../build/cache/cached-builder.ts';
import { hookedBuilder } from '../../build/hooks/hooked-builder.ts';
import { multiPlatformBuilder } from '../../build/platforms/multi-platform-builder.ts';
import { pushIndex } from '../../build/platforms/push-index.ts';
import type { ImageArtifact } from '../../model/artifact.ts';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import type { ImageBuild } from '../../runtime/image-builder.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import { endedBy, type PlannedStepOf, type StepRunner, type StepWork } from '../../steps/step-runner.ts';
import { workloadAnnotations, workloadLabels, workloadName } from '../../steps/workload/make-workload-spec.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuilder, ArtifactStepSpec } from '../plan/artifact-spec.ts';
import { buildsSeveralPlatforms } from '../plan/platform-decision.ts';
import { builderOf } from './artifact-builders.ts';
import { artifactRegistry } from './artifact-registry.ts';
import type { SkaffoldBuildSurroundings } from '../surroundings.ts';
import { fileOf } from './read-build-secrets.ts';
import { stepEnvironment } from './step-environment.ts';

/** What builds depend on outside of their artifact and run. */
export type ArtifactSurroundings = Pick<
  SkaffoldBuildSurroundings,
  'env' | 'home' | 'files' | 'caches' | 'clock' | 'platform' | 'machine'
>;

/** Runs the builder of an artifact. */
export function artifactStep(context: StepContext, around: ArtifactSurroundings): StepRunner<ArtifactStepSpec> {
  const caches = {
    cache: openArtifactCache(join(around.caches, 'artifacts')),
    index: openTreeIndex(join(around.caches, 'files'), () => around.clock.now()),
  };
  return {
    async run(step, work) {
      const { spec } = step;
      // A cancelled build needs no cleanup: it stopped with the connection of the process that started it.
      if (work.signal.aborted) return { outcome: endedBy(work.signal), artifacts: [] };
      // A stop at once does not wait for an engine that does not answer.
      const untilAtOnce: StepWork = { ...work, signal: AbortSignal.any([work.signal, work.atOnce]) };
      const { image, reference } = spec;
      const place = placeOf(context, step, work);
      using _ = place.workload && context.resources.starting(place.builds.kind, place.workload);
      const built = await buildArtifact(spec, place, around, caches, untilAtOnce);
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

/** Reads the logins of a builder in a cluster. */
async function loginOf({ cluster }: ArtifactStepSpec): Promise<Outcome<ImageBuild['login']>> {
  if (cluster?.dockerConfig === undefined) return succeeded(undefined);
  const config = await fileOf(cluster.dockerConfig, 'build.cluster.dockerConfig.path');
  return config.status === 'succeeded' ? succeeded({ config: config.value }) : config;
}

async function buildArtifact(
  spec: ArtifactStepSpec,
  { builds, workload }: ArtifactPlace,
  around: ArtifactSurroundings,
  caches: Pick<CacheParts, 'cache' | 'index'>,
  work: StepWork,
): Promise<Outcome<BuiltArtifact>> {
  const { images } = builds;
  if (images === undefined) return unsupported(builds);
  const { image, reference, context, requires, platforms, push, insecure, builder, hooks, place } = spec;
  const read = await stepEnvironment(place, around, images);
  if (read.status !== 'succeeded') return read;
  const login = await loginOf(spec);
  if (login.status !== 'succeeded') return login;
  const env = read.value;
  const build = {
    ...{ image, reference, context, requires, platforms, ...(push && { push: { insecure } }) },
    ...(workload && { workload }),
    ...(spec.cluster && { pod: spec.cluster.pod }),
  };
  const own = login.value === undefined ? {} : { login: login.value };
  const plain = builderOf(builder, { images, context, env, home: around.home, ...own });
  const inner = hooks
    ? hookedBuilder(plain, hooks, { folder: context, ...place, platform: around.platform, env })
    : plain;
  const options = { ...optionsOf(builder), ...(hooks && { hooks }) };
  /** Each platform has images of its own in the cache. */
  const cached = (...platform: readonly string[]): Builder<ArtifactBuilder> =>
    // A builder in a pod keeps no images that could be used again.
    spec.cache && builds.kind !== 'kubernetes'
      ? cachedBuilder(inner, {
          ...{ ...caches, images, artifact: [image, context, ...platform].join(' '), options },
        })
      : inner;
  const whole = buildsSeveralPlatforms(builder.type)
    ? cached()
    : multiPlatformBuilder({
        builderOf: (platform) => (platform === undefined ? cached() : cached(platform)),
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
  return await whole.build({ ...build, options: builder }, work);
}

/** Returns the options by the names that explain a miss: each build argument has its own. */
function optionsOf(builder: ArtifactBuilder): Readonly<Record<string, unknown>> {
  if (!('dockerfile' in builder)) return { ...builder };
  const { args, ...others } = builder;
  return { ...others, ...Object.fromEntries(args.map(({ name, value }) => [`buildArgs.${name}`, value])) };
}

function unsupported({ withoutImages }: Runtime): Outcome<never> {
  const detail = withoutImages
    ? `${withoutImages.because}: ${withoutImages.advice}`
    : 'this runtime cannot build images: use --on docker';
  return failed({ code: 'unsupported', detail });
}
