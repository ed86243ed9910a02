import { resolve } from 'node:path';
import { SourceText } from '../../diagnostics/source-text.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { FoundImage, ImageBuilder } from '../../runtime/image-builder.ts';
import type { FileSelection } from '../../workspace/index/tree-index.ts';
import type { ArtifactInputs } from '../artifact-inputs.ts';
import type { BaseImage } from '../dockerfile/docker-build.ts';
import { dockerDependencies, linksNeeded, type DockerDependencyRequest } from '../dockerfile/docker-dependencies.ts';
import { evaluateDockerfile } from '../dockerfile/evaluate-dockerfile.ts';
import { readDockerfile } from '../dockerfile/read-dockerfile.ts';
import { contextLinks, linksTo } from './context-links.ts';
import { ignoreSource, folderContext } from './folder-context.ts';

export interface DockerInputsRequest {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder, or absolute. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: ReadonlyMap<string, string>;
}

/**
 * Returns what can change the image of a Dockerfile. The triggers (`ONBUILD`) of base images count too. Those of an image that the
 * engine does not have are not known, so then everything that is sent counts.
 */
export async function dockerInputsOf(
  { folder, dockerfile, target, args }: DockerInputsRequest,
  images: Pick<ImageBuilder, 'find'>,
  signal: AbortSignal,
): Promise<Outcome<ArtifactInputs>> {
  const context = await folderContext({ folder, dockerfile });
  if (context.status !== 'succeeded') return context;
  const { text, file, realFile, rules, isInside } = context.value;
  const source = readDockerfile(new SourceText(file, text));
  const request = { args, ...(target !== undefined && { target }) };
  const bases = new Map<string, FoundImage | undefined>();
  const { images: baseImages } = evaluateDockerfile(source, request);
  for (const name of baseImages) {
    const found = await images.find(name, signal);
    if (found.status !== 'succeeded') return found;
    bases.set(name, found.value);
  }
  const [ownIgnoreFile, ignoreFile] = await Promise.all([
    ignoreSource(`${file}.dockerignore`),
    ignoreSource(resolve(folder, '.dockerignore')),
  ]);
  const asked: DockerDependencyRequest = {
    ...request,
    dockerfile: isInside ? context.value.dockerfile : file,
    baseImage: (name) => baseOf(bases.get(name)),
    ...(ownIgnoreFile && { ownIgnoreFile }),
    ...(ignoreFile && { ignoreFile }),
  };
  const direct = dockerDependencies(source, asked).inputs;
  const needed = linksNeeded(direct);
  const linksOf = async (of: readonly string[] | 'all') =>
    of === 'all' ? await contextLinks(context.value.folder, rules, signal) : linksTo(context.value.folder, of);
  const inputs =
    needed === 'none' ? direct : dockerDependencies(source, { ...asked, links: await linksOf(needed) }).inputs;
  const isKnown = [...bases.values()].every((base) => base !== undefined);
  const sent: FileSelection = {
    matches: (path) => inputs.matches(path) || !rules.ignores(path),
    mayMatchBelow: (below) => inputs.mayMatchBelow(below) || rules.mayKeepBelow(below),
  };
  return succeeded({
    folder: context.value.folder,
    files: isKnown ? inputs : sent,
    others: isInside ? [] : [realFile],
    baseImages,
  });
}

function baseOf(image: FoundImage | undefined): BaseImage | undefined {
  if (!image) return undefined;
  const { workdir, user, env = [], onbuild } = image;
  return {
    env: new Map(env.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)])),
    ...(workdir !== undefined && { workdir }),
    ...(user !== undefined && { user }),
    ...(onbuild && { onbuild }),
  };
}
