import type { Builder } from '../../build/builder.ts';
import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { bazelBuilder } from '../../build/bazel/bazel-builder.ts';
import { buildpacksInputs } from '../../build/buildpacks/buildpacks-arguments.ts';
import { buildpacksBuilder } from '../../build/buildpacks/buildpacks-builder.ts';
import { patternSelection } from '../../build/cache/pattern-selection.ts';
import { imageFinder } from '../../build/commands/find-image.ts';
import type { CommandSurroundings } from '../../build/commands/made-image.ts';
import { customBuilder } from '../../build/custom/custom-builder.ts';
import { customInputsOf } from '../../build/custom/custom-inputs-of.ts';
import { dockerBuilder, type DockerBuildSecrets } from '../../build/docker/docker-builder.ts';
import type { InputPatterns } from '../../build/input-patterns.ts';
import { jibBuilder } from '../../build/jib/jib-builder.ts';
import { inSubfolder } from '../../build/kaniko/kaniko-builder.ts';
import { koBuilder } from '../../build/ko/ko-builder.ts';
import { koInputs } from '../../build/ko/ko-options.ts';
import { succeeded } from '../../model/outcome.ts';
import type { ImageBuild, ImageBuilder } from '../../runtime/image-builder.ts';
import type { ArtifactBuilder } from '../plan/artifact-spec.ts';
import { artifactRegistry } from './artifact-registry.ts';
import type { ArtifactSurroundings } from './artifact-surroundings.ts';
import { secretsOf } from './docker-secrets.ts';

/** What builders are made of. */
export interface BuilderParts {
  readonly images: ImageBuilder;
  readonly context: string;
  readonly around: ArtifactSurroundings;
  /** The login of a builder in a cluster. Absent: its own. */
  readonly login?: ImageBuild['login'];
}

type OptionsOf<Type extends ArtifactBuilder['type']> = Extract<ArtifactBuilder, { readonly type: Type }>;

/** Returns the builder of an artifact. */
export function builderOf(options: ArtifactBuilder, parts: BuilderParts): Builder<ArtifactBuilder> {
  // TypeScript cannot infer that the entry of a type takes the options of that type.
  const make = builders[options.type] as (options: ArtifactBuilder, parts: BuilderParts) => Builder<ArtifactBuilder>;
  return make(options, parts);
}

/** Makes the builder of each type. */
const builders: {
  readonly [Type in ArtifactBuilder['type']]: (
    options: OptionsOf<Type>,
    parts: BuilderParts,
  ) => Builder<OptionsOf<Type>>;
} = {
  kaniko: (_options, { images, login }) =>
    inSubfolder<OptionsOf<'kaniko'>>(
      dockerBuilder(images, async () => await Promise.resolve(succeeded({ secrets: new Map(), ...given(login) }))),
    ),
  docker: (options, { images, context, around, login }) =>
    dockerBuilder(images, async () => {
      const secrets = await secretsOf(options, context, around);
      return secrets.status === 'succeeded' ? succeeded({ ...secrets.value, ...given(login) }) : secrets;
    }),
  custom: (options, { images, around, context }) => ({
    ...customBuilder(commandSurroundings(images, around)),
    inputs: async (_build, signal) =>
      await customInputsOf(options.dependencies, context, { images, env: around.env }, signal),
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

function given(login: BuilderParts['login']): Pick<DockerBuildSecrets, 'login'> {
  return login === undefined ? {} : { login };
}

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
  return {
    env: { ...around.env, ...images.environment },
    find: imageFinder(images, (image, push, work) => artifactRegistry(around, image, push, work)),
  };
}
