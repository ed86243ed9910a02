import { join } from 'node:path';
import type { Builder, BuiltArtifact } from '../../build/builder.ts';
import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { openArtifactCache } from '../../build/cache/artifact-cache.ts';
import { cachedBuilder, type CacheParts } from '../../build/cache/cached-builder.ts';
import { patternSelection } from '../../build/cache/pattern-selection.ts';
import { customBuilder } from '../../build/custom/custom-builder.ts';
import { customInputsOf } from '../../build/custom/custom-inputs-of.ts';
import { bazelBuilder } from '../../build/bazel/bazel-builder.ts';
import { buildpacksInputs } from '../../build/buildpacks/buildpacks-arguments.ts';
import { buildpacksBuilder } from '../../build/buildpacks/buildpacks-builder.ts';
import { imageFinder } from '../../build/commands/find-image.ts';
import type { CommandSurroundings } from '../../build/commands/made-image.ts';
import { hookedBuilder } from '../../build/hooks/hooked-builder.ts';
import { jibBuilder } from '../../build/jib/jib-builder.ts';
import { koBuilder } from '../../build/ko/ko-builder.ts';
import { koInputs } from '../../build/ko/ko-options.ts';
import type { InputPatterns } from '../../build/input-patterns.ts';
import type { ImageArtifact } from '../../model/artifact.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { nodeTransport } from '../../registry/node-transport.ts';
import { openRegistry } from '../../registry/open-registry.ts';
import { credentialFiles, userCredentials } from '../../registry/registry-credentials.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import { endedBy, type StepRunner, type StepWork } from '../../steps/step-runner.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuilder, ArtifactStepSpec } from '../plan/artifact-spec.ts';
import type { SkaffoldBuildSurroundings } from '../surroundings.ts';
import { secretDockerBuilder } from './secret-docker-builder.ts';
import { stepEnvironment } from './step-environment.ts';

/** What builds depend on outside of their artifact and run. */
export type ArtifactSurroundings = Pick<
  SkaffoldBuildSurroundings,
  'env' | 'home' | 'files' | 'caches' | 'clock' | 'platform'
>;

/** Runs the builder of an artifact. */
export function artifactStep(context: StepContext, around: ArtifactSurroundings): StepRunner<ArtifactStepSpec> {
  const caches = {
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
  caches: Pick<CacheParts, 'cache' | 'index'>,
  work: StepWork,
): Promise<Outcome<BuiltArtifact>> {
  const { images } = builds;
  if (images === undefined) return unsupported(builds);
  const { image, reference, context, requires, platforms, push, insecure, builder, hooks, place } = spec;
  const env = await stepEnvironment(place, around, images);
  if (env.status !== 'succeeded') return env;
  const build = { image, reference, context, requires, platforms, ...(push && { push: { insecure } }) };
  // TypeScript cannot infer that the entry of a type takes the options of that type.
  const make = builders[builder.type] as (options: ArtifactBuilder, parts: BuilderParts) => Builder<ArtifactBuilder>;
  const plain = make(builder, { images, context, env: env.value, home: around.home });
  const inner = hooks
    ? hookedBuilder(plain, hooks, { folder: context, ...place, platform: around.platform, env: env.value })
    : plain;
  const options = { ...optionsOf(builder), ...(hooks && { hooks }) };
  const whole = spec.cache
    ? cachedBuilder(inner, { ...caches, images, artifact: `${image} ${context}`, options })
    : inner;
  return await whole.build({ ...build, options: builder }, work);
}

/** Returns the options by the names that explain a miss: each build argument has its own. */
function optionsOf(builder: ArtifactBuilder): Readonly<Record<string, unknown>> {
  if (!('dockerfile' in builder)) return { ...builder };
  const { args, ...others } = builder;
  return { ...others, ...Object.fromEntries(args.map(({ name, value }) => [`buildArgs.${name}`, value])) };
}

/** What builders are made of. */
interface BuilderParts {
  readonly images: ImageBuilder;
  readonly context: string;
  /** The variables of commands. */
  readonly env: ArtifactSurroundings['env'];
  readonly home: string;
}

type OptionsOf<Type extends ArtifactBuilder['type']> = Extract<ArtifactBuilder, { readonly type: Type }>;

/** Makes the builder of each type. */
const builders: {
  readonly [Type in ArtifactBuilder['type']]: (
    options: OptionsOf<Type>,
    parts: BuilderParts,
  ) => Builder<OptionsOf<Type>>;
} = {
  docker: (options, { images, context, ...sources }) => secretDockerBuilder(images, options, context, sources),
  custom: (options, parts) => ({
    ...customBuilder(commandSurroundings(parts)),
    inputs: async (_build, signal) => await customInputsOf(options.dependencies, parts.context, parts, signal),
  }),
  ko: (options, parts) => ({
    ...koBuilder(commandSurroundings(parts)),
    inputs: patternInputs(parts.context, koInputs(options), options.fromImage),
  }),
  jib: (_options, parts) => jibBuilder(commandSurroundings(parts)),
  bazel: (_options, { images, env }) => bazelBuilder({ env, images }),
  buildpacks: (options, parts) => ({
    ...buildpacksBuilder(commandSurroundings(parts)),
    inputs: patternInputs(parts.context, buildpacksInputs(options)),
  }),
};

/** Returns the inputs of a builder that names its files by patterns. */
function patternInputs(folder: string, patterns: InputPatterns, ...baseImages: readonly (string | undefined)[]) {
  const inputs: ArtifactInputs = {
    folder,
    files: patternSelection(patterns),
    others: [],
    baseImages: baseImages.flatMap((image) => image ?? []),
  };
  return async () => await Promise.resolve(succeeded(inputs));
}

function commandSurroundings({ images, env, home }: BuilderParts): CommandSurroundings {
  const credentials = credentialFiles(env, home);
  return {
    env,
    find: imageFinder(images, ({ registry }, { insecure }, { clock }) => {
      const transport = nodeTransport();
      const opened = openRegistry({
        ...{ registry, insecure, clock, transport },
        credentials: async (image, signal) => await userCredentials(image, credentials, signal),
      });
      return {
        digest: async (...request) => await opened.digest(...request),
        [Symbol.dispose]: () => transport.close(),
      };
    }),
  };
}

function unsupported({ withoutImages }: Runtime): Outcome<never> {
  const detail = withoutImages
    ? `${withoutImages.because}: ${withoutImages.advice}`
    : 'this runtime cannot build images: use --on docker';
  return failed({ code: 'unsupported', detail });
}
