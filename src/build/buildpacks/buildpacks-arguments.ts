import { parseImageReference } from '../../registry/image-reference.ts';
import type { ArtifactBuild } from '../builder.ts';
import type { StepCommand } from '../../commands/run-command.ts';
import type { DependencyPatterns, InputPatterns } from '../input-patterns.ts';

export interface BuildpacksOptions {
  /** An image, or the alias of a required one. Absent: the project descriptor or the user's settings decide. */
  readonly builder?: string;
  /** An image, or the alias of a required one. Absent: the builder decides. */
  readonly runImage?: string;
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly buildpacks: readonly string[];
  readonly trustBuilder: boolean;
  readonly clearCache: boolean;
  /** Relative to the context. It may be missing. */
  readonly projectDescriptor: string;
  readonly volumes: readonly { readonly host: string; readonly target: string; readonly options?: string }[];
  readonly args: readonly string[];
  readonly dependencies: DependencyPatterns;
}

/**
 * Returns the command that builds the image of an artifact, and pushes it or leaves it in the engine of `DOCKER_HOST`.
 * @param hasDescriptor whether the project descriptor exists
 */
export function packCommand(
  build: ArtifactBuild<BuildpacksOptions>,
  hasDescriptor: boolean,
  env: StepCommand['env'],
): StepCommand {
  const { reference, context, platforms, push, options } = build;
  const { name, registry } = parseImageReference(reference);
  const [builder, runImage] = [options.builder, options.runImage].map((image) => imageOf(build, image));
  const given = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value]);
  const each = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value]);
  return {
    argv: [
      'pack',
      'build',
      // The cache belongs to one name, so builds of an engine share `latest`, as in Skaffold.
      ...(push ? [reference, '--publish'] : [`${name}:latest`, '--tag', reference]),
      ...['--path', '.', '--no-color'],
      ...given('--builder', builder?.image),
      ...given('--run-image', runImage?.image),
      ...pullPolicy(builder, runImage),
      ...each('--env', options.env),
      ...each('--buildpack', options.buildpacks),
      ...each(
        '--volume',
        options.volumes.map(({ host, target, options: mount }) =>
          [host, target, ...(mount === undefined ? [] : [mount])].join(':'),
        ),
      ),
      ...(options.trustBuilder ? ['--trust-builder'] : []),
      ...(options.clearCache ? ['--clear-cache'] : []),
      ...(hasDescriptor ? ['--descriptor', options.projectDescriptor] : []),
      ...each('--platform', platforms),
      ...(push?.insecure ? ['--insecure-registry', registry] : []),
      ...options.args,
    ],
    cwd: context,
    env,
    install: 'https://buildpacks.io/docs/for-platform-operators/how-to/integrate-ci/pack/',
  };
}

interface ChosenImage {
  readonly image: string;
  /** Whether another artifact of this run made it. */
  readonly own: boolean;
}

function imageOf({ requires }: ArtifactBuild, image: string | undefined): ChosenImage | undefined {
  if (image === undefined) return undefined;
  const required = requires.find(({ alias }) => alias === image);
  return required ? { image: required.reference, own: true } : { image, own: false };
}

/** Without a policy, `pack` pulls both images each time. Images of this run may be only in the engine. */
function pullPolicy(...images: readonly (ChosenImage | undefined)[]): readonly string[] {
  if (!images.some((image) => image?.own)) return [];
  return ['--pull-policy', images.every((image) => image?.own) ? 'never' : 'if-not-present'];
}

/** Returns the files that the image is built from: without `dependencies`, the whole context. */
export function buildpacksInputs({ projectDescriptor, dependencies }: BuildpacksOptions): InputPatterns {
  const { paths, ignore } = dependencies;
  return { include: paths.length > 0 ? paths : ['.'], exclude: ignore, files: [projectDescriptor] };
}
