import { join, resolve } from 'node:path';
import type { Builder, BuiltArtifact } from '../../build/builder.ts';
import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { openArtifactCache } from '../../build/cache/artifact-cache.ts';
import { cachedBuilder, type CacheParts } from '../../build/cache/cached-builder.ts';
import { patternSelection } from '../../build/cache/pattern-selection.ts';
import { rememberedImages, type RememberedImages } from '../../build/cache/remembered-images.ts';
import { customBuilder } from '../../build/custom/custom-builder.ts';
import { customInputsOf } from '../../build/custom/custom-inputs-of.ts';
import { bazelBuilder } from '../../build/bazel/bazel-builder.ts';
import { buildpacksInputs } from '../../build/buildpacks/buildpacks-arguments.ts';
import { buildpacksBuilder } from '../../build/buildpacks/buildpacks-builder.ts';
import { imageFinder } from '../../build/commands/find-image.ts';
import type { CommandSurroundings } from '../../build/commands/made-image.ts';
import { dockerBuilder, type DockerBuildSecrets } from '../../build/docker/docker-builder.ts';
import { jibBuilder } from '../../build/jib/jib-builder.ts';
import { koBuilder } from '../../build/ko/ko-builder.ts';
import { koInputs } from '../../build/ko/ko-options.ts';
import type { InputPatterns } from '../../build/input-patterns.ts';
import type { ImageArtifact } from '../../model/artifact.ts';
import type { Clock } from '../../model/clock.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { nodeTransport } from '../../registry/node-transport.ts';
import { openRegistry } from '../../registry/open-registry.ts';
import { credentialFiles, userCredentials } from '../../registry/registry-credentials.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import { endedBy, type StepRunner, type StepWork } from '../../steps/step-runner.ts';
import { toFileError } from '../../util/file-error.ts';
import { readRegularFile, UnreadableFile } from '../../util/read-regular-file.ts';
import { withoutTilde } from '../../util/tilde-path.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuilder, ArtifactStepSpec, DockerSecretOptions } from '../plan/artifact-spec.ts';

/** What builds depend on outside of their artifact and run. */
export interface ArtifactSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The folder of caches that builds share. Absolute. */
  readonly caches: string;
  readonly clock: Clock;
}

/** What the artifacts of a run share. */
interface BuildCaches extends Pick<CacheParts, 'cache' | 'index'> {
  readonly images?: RememberedImages;
}

/** Runs the builder of an artifact. */
export function artifactStep(context: StepContext, around: ArtifactSurroundings): StepRunner<ArtifactStepSpec> {
  const { images } = context.builds;
  const caches: BuildCaches = {
    ...(images && { images: rememberedImages(images) }),
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
  const { image, reference, context, requires, platforms, push, insecure, builder } = spec;
  const build = { image, reference, context, requires, platforms, ...(push && { push: { insecure } }) };
  // TypeScript cannot infer that the entry of a type takes the options of that type.
  const make = builders[builder.type] as (options: ArtifactBuilder, parts: BuilderParts) => Builder<ArtifactBuilder>;
  const inner = forgetting(make(builder, { images, remembered, context, around }), remembered);
  const whole = spec.cache
    ? cachedBuilder(inner, {
        ...{ ...caches, images: remembered, artifact: `${image} ${context}`, options: optionsOf(builder) },
      })
    : inner;
  return await whole.build({ ...build, options: builder }, work);
}

/** Returns a builder after which images are looked up again: it made one, and may have pulled others. */
function forgetting<Options>(inner: Builder<Options>, images: RememberedImages): Builder<Options> {
  return {
    ...inner,
    async build(build, work) {
      try {
        return await inner.build(build, work);
      } finally {
        images.forget();
      }
    },
  };
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
  /** For looking up images before the build. */
  readonly remembered: RememberedImages;
  readonly context: string;
  readonly around: ArtifactSurroundings;
}

type OptionsOf<Type extends ArtifactBuilder['type']> = Extract<ArtifactBuilder, { readonly type: Type }>;

/** Makes the builder of each type. */
const builders: {
  readonly [Type in ArtifactBuilder['type']]: (
    options: OptionsOf<Type>,
    parts: BuilderParts,
  ) => Builder<OptionsOf<Type>>;
} = {
  docker: (options, { images, remembered, context, around }) =>
    dockerBuilder(images, async () => await secretsOf(options, context, around), remembered),
  custom: (options, { images, remembered, around, context }) => ({
    ...customBuilder(commandSurroundings(images, around)),
    inputs: async (_build, signal) =>
      await customInputsOf(options.dependencies, context, { images: remembered, env: around.env }, signal),
  }),
  ko: (options, { images, around, context }) => ({
    ...koBuilder(commandSurroundings(images, around)),
    inputs: patternInputs(context, koInputs(options), options.fromImage),
  }),
  jib: (_options, { images, around }) => jibBuilder(commandSurroundings(images, around)),
  bazel: (_options, { images, around }) => bazelBuilder({ env: { ...around.env, ...images.environment }, images }),
  buildpacks: (options, { images, around, context }) => ({
    ...buildpacksBuilder(commandSurroundings(images, around)),
    inputs: patternInputs(context, buildpacksInputs(options)),
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

function commandSurroundings(images: ImageBuilder, { env, home }: ArtifactSurroundings): CommandSurroundings {
  const credentials = credentialFiles(env, home);
  return {
    env: { ...env, ...images.environment },
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

/** Reads the secrets of a build from their files and variables. */
async function secretsOf(
  { secrets, ssh }: DockerSecretOptions,
  context: string,
  { env, home }: ArtifactSurroundings,
): Promise<Outcome<DockerBuildSecrets>> {
  const read = new Map<string, string>();
  for (const { id, file, variable } of secrets) {
    const value =
      file === undefined
        ? variableOf(env, variable ?? id, id)
        : await fileOf(resolve(context, withoutTilde(file, home)), `secret ${id}`);
    if (value.status !== 'succeeded') return value;
    read.set(id, value.value);
  }
  const agent = env['SSH_AUTH_SOCK'];
  if (ssh === undefined) return succeeded({ secrets: read });
  const [id = 'default', path] = ssh.split('=');
  if (path === undefined && agent === undefined)
    return failed({ code: 'build-failed', detail: 'no ssh-agent: SSH_AUTH_SOCK is not set' });
  if (path === undefined) return succeeded({ secrets: read, ssh: new Map([[id, { agent: agent ?? '' }]]) });
  const key = await fileOf(resolve(context, withoutTilde(path, home)), 'ssh');
  return key.status === 'succeeded' ? succeeded({ secrets: read, ssh: new Map([[id, { keys: [key.value] }]]) }) : key;
}

function variableOf(env: ArtifactSurroundings['env'], name: string, id: string): Outcome<string> {
  const value = env[name];
  if (value !== undefined) return succeeded(value);
  return failed({ code: 'build-failed', detail: `secret ${id}: the variable ${name} is not set` });
}

async function fileOf(path: string, field: string): Promise<Outcome<string>> {
  try {
    return succeeded((await readRegularFile(path)).toString());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return failed({ code: 'file-missing', field, path });
    const detail = error instanceof UnreadableFile ? error.message : toFileError(error)?.message;
    if (detail === undefined) throw error;
    return failed({ code: 'file-error', detail });
  }
}
