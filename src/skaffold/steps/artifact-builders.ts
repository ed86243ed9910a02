import type { Builder } from '../../build/builder.ts';
import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { bazelBuilder } from '../../build/bazel/bazel-builder.ts';
import { buildpacksInputs } from '../../build/buildpacks/buildpacks-arguments.ts';
import { buildpacksBuilder } from '../../build/buildpacks/buildpacks-builder.ts';
import { patternSelection } from '../../build/cache/pattern-selection.ts';
import type { RememberedImages } from '../../build/cache/remembered-images.ts';
import { imageFinder } from '../../build/commands/find-image.ts';
import type { CommandSurroundings } from '../../build/commands/made-image.ts';
import { customBuilder } from '../../build/custom/custom-builder.ts';
import { customInputsOf } from '../../build/custom/custom-inputs-of.ts';
import { dockerBuilder } from '../../build/docker/docker-builder.ts';
import type { InputPatterns } from '../../build/input-patterns.ts';
import { jibBuilder } from '../../build/jib/jib-builder.ts';
import { inSubfolder } from '../../build/kaniko/kaniko-builder.ts';
import { koBuilder } from '../../build/ko/ko-builder.ts';
import { koInputs } from '../../build/ko/ko-options.ts';
import { succeeded } from '../../model/outcome.ts';
import type { ImageBuild, ImageBuilder } from '../../runtime/image-builder.ts';
import type { ArtifactBuilder } from '../plan/artifact-spec.ts';
import { artifactRegistry } from './artifact-registry.ts';
import { secretDockerBuilder } from './secret-docker-builder.ts';

/** What builders are made of. */
export interface BuilderParts {
  readonly images: ImageBuilder;
  /** For looking up images before the build. */
  readonly remembered: RememberedImages;
  readonly context: string;
  /** The variables of commands. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
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
      dockerBuilder(
        images,
        async () => await Promise.resolve(succeeded({ secrets: new Map(), ...(login !== undefined && { login }) })),
      ),
    ),
  docker: (options, { images, remembered, context, ...sources }) =>
    secretDockerBuilder(images, options, context, { ...sources, bases: remembered }),
  custom: (options, parts) => ({
    ...customBuilder(commandSurroundings(parts)),
    inputs: async (_build, signal) =>
      await customInputsOf(options.dependencies, parts.context, { images: parts.remembered, env: parts.env }, signal),
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

function commandSurroundings(parts: BuilderParts): CommandSurroundings {
  return {
    env: parts.env,
    find: imageFinder(parts.images, (image, push, work) => artifactRegistry(parts, image, push, work)),
  };
}
