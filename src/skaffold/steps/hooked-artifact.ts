import type { ArtifactBuild, Builder } from '../../build/builder.ts';
import type { RememberedImages } from '../../build/cache/remembered-images.ts';
import { openSharedCache, type SharedCache } from '../../build/cache/shared-cache.ts';
import { inContext } from '../../build/in-context.ts';
import { artifactHooks, type ArtifactHooks } from '../../build/hooks/artifact-hooks.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { ImageBuild, ImageBuilder } from '../../runtime/image-builder.ts';
import type { ArtifactBuilder, ArtifactStepSpec } from '../plan/artifact-spec.ts';
import type { SkaffoldBuildSurroundings } from '../surroundings.ts';
import { builderOf } from './artifact-builders.ts';
import { stepEnvironment } from './step-environment.ts';

/** What builds depend on outside of their artifact and run. */
export type ArtifactSurroundings = Pick<
  SkaffoldBuildSurroundings,
  'env' | 'home' | 'files' | 'caches' | 'clock' | 'platform' | 'machine'
>;

/** Where an artifact is built. */
export interface BuilderPlace {
  readonly images: ImageBuilder;
  readonly remembered: RememberedImages;
  /** The builder's pod, if it runs in one. */
  readonly workload?: ImageBuild['workload'];
  /** The logins of a builder in a cluster. */
  readonly login?: ImageBuild['login'];
}

/** How an artifact is built, before its hooks, the cache and the platforms come in. */
export interface HookedArtifact {
  readonly hooks?: ArtifactHooks;
  readonly builder: Builder<ArtifactBuilder>;
  readonly build: ArtifactBuild<ArtifactBuilder>;
  /** What decides about the image besides its files, by the names that explain a miss: each build argument has its own. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Returns how an artifact is built. Failures: those of `stepEnvironment`. */
export async function hookedArtifact(
  spec: ArtifactStepSpec,
  { images, remembered, workload, login }: BuilderPlace,
  around: ArtifactSurroundings,
): Promise<Outcome<HookedArtifact>> {
  const { image, reference, context, requires, platforms, push, insecure, builder, hooks, place, cluster } = spec;
  const read = await stepEnvironment(place, around, images);
  if (read.status !== 'succeeded') return read;
  const env = read.value;
  const own = login === undefined ? {} : { login };
  const build: ArtifactBuild<ArtifactBuilder> = {
    ...{ image, reference, context, requires, platforms, options: builder },
    ...(push && { push: { insecure } }),
    ...(workload && { workload }),
    ...(cluster && { pod: cluster.pod }),
  };
  const hookSurroundings = { folder: context, ...place, platform: around.platform, env };
  return succeeded({
    builder: inContext(builderOf(builder, { images, remembered, context, env, home: around.home, ...own })),
    build,
    ...(hooks && { hooks: artifactHooks(build, hooks, hookSurroundings) }),
    options: { ...optionsOf(builder), ...(hooks && { hooks }) },
  });
}

function optionsOf(builder: ArtifactBuilder): Readonly<Record<string, unknown>> {
  if (!('dockerfile' in builder)) return { ...builder };
  const { args, ...others } = builder;
  return { ...others, ...Object.fromEntries(args.map(({ name, value }) => [`buildArgs.${name}`, value])) };
}

/** Opens the cache that several machines share. An image without platforms is built for the machine. */
export function sharedCacheOf(
  { sharedCache, platforms }: ArtifactStepSpec,
  { machine }: Pick<ArtifactSurroundings, 'machine'>,
): SharedCache | undefined {
  return sharedCache === undefined ? undefined : openSharedCache(sharedCache, platforms.length === 0 ? machine : '');
}
