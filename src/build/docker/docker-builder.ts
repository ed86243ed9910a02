import { relative } from 'node:path';
import { SourceText } from '../../diagnostics/source-text.ts';
import { hasErrors } from '../../diagnostics/sorted.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ImageBuild, ImageBuilder, ImagePush, SshKeys } from '../../runtime/image-builder.ts';
import type { ArtifactBuild, Builder, BuiltArtifact } from '../builder.ts';
import { evaluateDockerfile } from '../dockerfile/evaluate-dockerfile.ts';
import { readDockerfile } from '../dockerfile/read-dockerfile.ts';
import { dockerInputsOf } from './docker-inputs-of.ts';
import { folderContext } from './folder-context.ts';

export interface DockerOptions {
  /** Relative to the context, or absolute. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: readonly { readonly name: string; readonly value: string }[];
  readonly network?: string;
  readonly addHosts: readonly { readonly name: string; readonly address: string }[];
  readonly cacheFrom: readonly string[];
  readonly noCache: boolean;
  readonly pull: ImageBuild['pull'];
  /** Whether BuildKit builds. Absent: the engine decides. */
  readonly buildkit?: boolean;
  /** Labels of the image. */
  readonly labels?: readonly { readonly name: string; readonly value: string }[];
  /** Further references to push the image to. */
  readonly destinations?: readonly string[];
}

/** What a build may read besides its context. None of it is stored. */
export interface DockerBuildSecrets {
  /** By the id of `RUN --mount=type=secret`. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly ssh?: ReadonlyMap<string, SshKeys>;
  /** The credentials for base images and pushes. Absent: the user's own, and in a cluster those of the builder. */
  readonly login?: ImageBuild['login'];
}

/**
 * Builds Dockerfiles through an image builder: the API of an engine, or a builder in a cluster.
 * @param bases finds base images before the build
 */
export function dockerBuilder(
  images: ImageBuilder,
  secretsOf: (build: ArtifactBuild<DockerOptions>) => Promise<Outcome<DockerBuildSecrets>>,
  bases: Pick<ImageBuilder, 'find'> = images,
): Builder<DockerOptions> {
  return {
    async build(build, work) {
      const secrets = await secretsOf(build);
      if (secrets.status !== 'succeeded') return secrets;
      const request = await imageBuild(build, secrets.value);
      if (request.status !== 'succeeded') return request;
      const built = await images.build(request.value, work);
      if (built.status !== 'succeeded') return built;
      const { id } = built.value;
      work.output.observe({ type: 'image.built', id });
      return await pushed(images, request.value.pushes ?? [], id, work);
    },
    inputs: async (build, signal) => {
      const { dockerfile, target } = build.options;
      const args = new Map(argsOf(build).map(({ name, value }) => [name, value]));
      const file = { folder: build.context, dockerfile, args, ...(target !== undefined && { target }) };
      return await dockerInputsOf(file, bases, signal);
    },
  };
}

async function pushed(
  images: ImageBuilder,
  pushes: readonly ImagePush[],
  id: string,
  work: Work,
): Promise<Outcome<BuiltArtifact>> {
  let digest: string | undefined;
  for (const push of pushes) {
    const result = await images.push(push, work);
    if (result.status !== 'succeeded') return result;
    digest ??= result.value.digest;
  }
  return succeeded({ id, ...(digest !== undefined && { digest }) });
}

async function imageBuild(
  build: ArtifactBuild<DockerOptions>,
  { secrets, ssh, login }: DockerBuildSecrets,
): Promise<Outcome<ImageBuild>> {
  const { options, reference, requires, platforms, push, workload, pod } = build;
  const references = [reference, ...(push ? (options.destinations ?? []) : [])];
  const context = await folderContext({ folder: build.context, dockerfile: options.dockerfile });
  if (context.status !== 'succeeded') return context;
  const { text, file, dockerfile, tree } = context.value;
  const args = argsOf(build);
  const read = readDockerfile(new SourceText(relative(build.context, file), text));
  const asked = evaluateDockerfile(read, {
    args: new Map(args.map(({ name, value }) => [name, value])),
    ...(options.target !== undefined && { target: options.target }),
  });
  const mistakes = [...read.diagnostics, ...asked.diagnostics];
  if (hasErrors(mistakes)) return failed({ code: 'build-failed', detail: detailOf(mistakes) });
  return succeeded({
    context: tree,
    dockerfile,
    references,
    args,
    secrets,
    labels: Object.fromEntries((options.labels ?? []).map(({ name, value }) => [name, value])),
    pull: options.pull,
    baseImages: asked.images.filter((image) => !requires.some(({ reference: own }) => own === image)),
    pushes: push
      ? references.map((to) => ({ reference: to, insecure: push.insecure, ...(login !== undefined && { login }) }))
      : [],
    ...(options.target !== undefined && { target: options.target }),
    ...(options.network !== undefined && { network: options.network }),
    ...(options.addHosts.length > 0 && { addHosts: options.addHosts }),
    ...(options.cacheFrom.length > 0 && { cacheFrom: options.cacheFrom }),
    ...(options.noCache && { noCache: true as const }),
    ...(options.buildkit !== undefined && { buildkit: options.buildkit }),
    ...(platforms.length > 0 && { platforms }),
    ...(ssh && ssh.size > 0 && { ssh }),
    ...(push?.insecure && { insecure: true as const }),
    ...(login !== undefined && { login }),
    ...(workload && { workload }),
    ...(pod && { pod }),
  });
}

/** Returns a line for each error, with its code for `slipway explain`. */
function detailOf(mistakes: readonly Diagnostic[]): string {
  return mistakes
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, help, place }) => {
      const at = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
      return `${at}${code} ${message}${help === undefined ? '' : `; ${help}`}`;
    })
    .join('\n');
}

/** Returns the build arguments. An argument of the configuration wins over a required image of the same name. */
function argsOf({ requires, options }: ArtifactBuild<DockerOptions>): ImageBuild['args'] {
  const all = [...requires.map(({ alias, reference }) => ({ name: alias, value: reference })), ...options.args];
  return [...new Map(all.map((arg) => [arg.name, arg])).values()];
}
