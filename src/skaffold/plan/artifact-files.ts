import fs from 'node:fs';
import { join } from 'node:path';
import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { buildpacksInputs } from '../../build/buildpacks/buildpacks-arguments.ts';
import { patternSelection } from '../../build/cache/pattern-selection.ts';
import { customInputsOf } from '../../build/custom/custom-inputs-of.ts';
import { koInputs } from '../../build/ko/ko-options.ts';
import type { InputPatterns } from '../../build/input-patterns.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { toFileError } from '../../util/file-error.ts';
import { describeFailure } from '../../words/describe-failure.ts';
import { listFiles } from '../../workspace/index/list-files.ts';
import type { ArtifactBuilder } from './artifact-spec.ts';
import { dockerInputs, plainImages } from './docker-inputs.ts';
import type { Artifact } from './read-artifacts.ts';

/** The files that an image is built from, or why they are not known. */
export type ArtifactFiles =
  /** Absolute and sorted. */
  { readonly files: readonly string[] } | { readonly unlisted: string };

/** What decides about the files. */
export type ListedArtifact = Pick<Artifact, 'builder' | 'context' | 'requires'>;

/**
 * Lists the files that can change the image of an artifact. Runs nothing and asks no engine, so triggers (`ONBUILD`) of base images
 * do not count, and lists that programs make stay unknown.
 */
export async function artifactFiles(artifact: ListedArtifact): Promise<ArtifactFiles> {
  const { signal } = new AbortController();
  try {
    const inputs = await inputsOf(artifact, signal);
    if ('unlisted' in inputs) return inputs;
    if (inputs.status !== 'succeeded') return { unlisted: inputs.status === 'failed' ? whyOf(inputs.failure) : '' };
    const { folder, files, others } = inputs.value;
    const below = await listFiles(folder, files, signal);
    return { files: [...new Set([...below.map((path) => join(folder, path)), ...others])].sort() };
  } catch (error) {
    const fileError = toFileError(error);
    if (!fileError) throw error;
    return { unlisted: fileError.message };
  }
}

type Inputs = Outcome<ArtifactInputs> | { readonly unlisted: string };

async function inputsOf(artifact: ListedArtifact, signal: AbortSignal): Promise<Inputs> {
  const { builder, context } = artifact;
  const isFolder = fs.statSync(context, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) return failed({ code: 'file-missing', field: 'context', path: context });
  // TypeScript cannot infer that the entry of a type takes the options of that type.
  const read = readers[builder.type] as (
    options: ArtifactBuilder,
    artifact: ListedArtifact,
    signal: AbortSignal,
  ) => Promise<Inputs>;
  return await read(builder, artifact, signal);
}

type ReadInputs<Type extends ArtifactBuilder['type']> = (
  options: Extract<ArtifactBuilder, { readonly type: Type }>,
  artifact: ListedArtifact,
  signal: AbortSignal,
) => Promise<Inputs>;

async function ofDockerfile(
  options: Parameters<typeof dockerInputs>[0],
  { context, requires }: ListedArtifact,
  signal: AbortSignal,
): Promise<Inputs> {
  const required = requires.map(({ alias, image }) => ({ name: alias, value: image }));
  return await dockerInputs({ ...options, args: [...required, ...options.args] }, context, signal);
}

/** Returns the inputs of each type of builder. */
const readers: { readonly [Type in ArtifactBuilder['type']]: ReadInputs<Type> } = {
  docker: ofDockerfile,
  kaniko: ofDockerfile,
  custom: async ({ dependencies }, { context }, signal) =>
    dependencies.kind === 'command'
      ? { unlisted: 'the command of `dependencies` lists them' }
      : await customInputsOf(dependencies, context, { images: plainImages, env: {} }, signal),
  ko: async (ko, { context }) => await Promise.resolve(matching(context, koInputs(ko))),
  buildpacks: async (buildpacks, { context }) => await Promise.resolve(matching(context, buildpacksInputs(buildpacks))),
  jib: async () => await Promise.resolve({ unlisted: 'Maven or Gradle lists them' }),
  bazel: async () => await Promise.resolve({ unlisted: 'Bazel lists them' }),
};

function matching(folder: string, patterns: InputPatterns): Outcome<ArtifactInputs> {
  return succeeded({ folder, files: patternSelection(patterns), others: [], baseImages: [] });
}

function whyOf(failure: Parameters<typeof describeFailure>[0]): string {
  const { what, detail } = describeFailure(failure, 'build');
  return [what, ...detail].join(': ');
}
