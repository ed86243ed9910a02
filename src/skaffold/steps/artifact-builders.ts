import { resolve } from 'node:path';
import type { ArtifactBuild, Builder, PushTarget } from '../../build/builder.ts';
import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { patternSelection } from '../../build/cache/pattern-selection.ts';
import type { RegistryWork } from '../../build/cache/published-images.ts';
import type { RememberedImages } from '../../build/cache/remembered-images.ts';
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
import type { Clock } from '../../model/clock.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import { nodeTransport } from '../../registry/node-transport.ts';
import { openRegistry } from '../../registry/open-registry.ts';
import type { Registry } from '../../registry/registry.ts';
import { credentialFiles, userCredentials } from '../../registry/registry-credentials.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { toFileError } from '../../util/file-error.ts';
import { readRegularFile, UnreadableFile } from '../../util/read-regular-file.ts';
import { withoutTilde } from '../../util/tilde-path.ts';
import type { ArtifactBuilder, ArtifactStepSpec, DockerSecretOptions } from '../plan/artifact-spec.ts';

/** What builds depend on outside of their artifact and run. */
export interface ArtifactSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The folder of caches that builds share. Absolute. */
  readonly caches: string;
  readonly clock: Clock;
}

/** Returns the options by the names that explain a miss: each build argument has its own. */
export function optionsOf(builder: ArtifactBuilder): Readonly<Record<string, unknown>> {
  if (!('dockerfile' in builder)) return { ...builder };
  const { args, ...others } = builder;
  return { ...others, ...Object.fromEntries(args.map(({ name, value }) => [`buildArgs.${name}`, value])) };
}

/** Returns what the builder of an artifact is asked for. */
export function buildOf(spec: ArtifactStepSpec): ArtifactBuild<ArtifactBuilder> {
  const { image, reference, context, requires, platforms, push, insecure, builder } = spec;
  return { image, reference, context, requires, platforms, ...(push && { push: { insecure } }), options: builder };
}

/** Makes the builder of an artifact. */
export function makeBuilder(builder: ArtifactBuilder, parts: BuilderParts): Builder<ArtifactBuilder> {
  // TypeScript cannot infer that the entry of a type takes the options of that type.
  const make = builders[builder.type] as (options: ArtifactBuilder, parts: BuilderParts) => Builder<ArtifactBuilder>;
  return make(builder, parts);
}

/** What builders are made of. */
export interface BuilderParts {
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

function commandSurroundings(images: ImageBuilder, around: ArtifactSurroundings): CommandSurroundings {
  return { env: { ...around.env, ...images.environment }, find: imageFinder(images, registryOpener(around)) };
}

/** Returns a function that opens the registry of an image, with the user's own credentials. */
export function registryOpener({ env, home }: Pick<ArtifactSurroundings, 'env' | 'home'>) {
  const credentials = credentialFiles(env, home);
  return ({ registry }: ImageReference, { insecure }: PushTarget, { clock }: RegistryWork): Registry & Disposable => {
    const transport = nodeTransport();
    const opened = openRegistry({
      ...{ registry, insecure, clock, transport },
      credentials: async (image, signal) => await userCredentials(image, credentials, signal),
    });
    return { ...opened, [Symbol.dispose]: () => transport.close() };
  };
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
