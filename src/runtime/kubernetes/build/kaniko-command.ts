import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { TarFile } from '../../../tar/tar-of-files.ts';
import { noBuildKit, type BuilderLimits } from '../../build-options.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { splitArguments, exportLines, holdsSecret, unsettableArgument } from './build-arguments.ts';
import type { BuilderJob, BuilderPlaces } from './builder-program.ts';
import { registryConfig } from './registry-config.ts';

const executor = '/kaniko/executor';
/** Only the `debug` variants of the image have a shell. */
const shell = '/busybox/sh';

/** Kaniko neither copies `/kaniko` into the image nor empties it between the stages of a Dockerfile. */
export const kanikoPlaces: BuilderPlaces = {
  context: '/kaniko/buildcontext',
  files: '/kaniko/slipway',
  results: '/kaniko/results',
};
export const kanikoDigest = 'digest';

export const kanikoLimits: BuilderLimits = {
  builder: 'Kaniko',
  refuses: {
    ...noBuildKit,
    ssh: () => 'it silently skips RUN --mount: use Buildah as the builder',
    cacheFrom: () => 'it reads no layers of images: leave it out',
    network: () => 'instructions run in the network of its pod: leave it out',
    addHosts: () => 'it cannot change /etc/hosts: use Buildah as the builder',
  },
};

/** Returns the job of a build for Kaniko 1.24. Failures: `unsupported`. */
export function kanikoCommand(build: ImageBuild, dockerfile: string): Outcome<BuilderJob> {
  const mounted = mountedSecret(build);
  if (mounted !== undefined)
    return unsupported(
      `Kaniko does not support build secrets and silently skips RUN --mount: pass ${mounted} as ARG ${mounted}, or use Buildah as the builder`,
    );
  const args = splitArguments(build);
  const unsettable = unsettableArgument(args);
  if (unsettable !== undefined)
    return unsupported(
      `no shell can set a variable called ${unsettable}, and a secret must not be on the builder's command line: use a name of letters, digits and _`,
    );
  const command = [executor, ...flags(build, args.words)];
  if (command.some((word) => holdsSecret(build, word)))
    return unsupported(
      "the image's name or labels contain a secret, and everyone who may read pods can read them: remove it there",
    );
  const login = registryConfig(build);
  const enters = args.hidden.length > 0;
  return succeeded({
    command: enters ? [shell, `${kanikoPlaces.files}/enter`, ...command] : command,
    env: login === undefined ? {} : { DOCKER_CONFIG: kanikoPlaces.files },
    files: [
      ...dockerfileWithoutRules(dockerfile),
      ...(login === undefined ? [] : [hiddenFile('config.json', login)]),
      ...(enters ? [hiddenFile('enter', [...exportLines(args), 'exec "$@"', ''].join('\n'))] : []),
    ],
    ...(enters && {
      needs: `a build argument holds a secret, so Kaniko needs a shell, but the plain image has no ${shell}: set \`kubernetes.builder.image\` to an image whose tag ends in -debug`,
    }),
  });
}

function flags(build: ImageBuild, args: readonly string[]): readonly string[] {
  const pushes = build.pushes ?? [];
  return [
    '--force',
    `--context=dir://${kanikoPlaces.context}`,
    `--dockerfile=${kanikoPlaces.files}/Dockerfile`,
    `--digest-file=${kanikoPlaces.results}/${kanikoDigest}`,
    '--log-format=color',
    ...(build.insecure === true ? ['--insecure-pull', '--skip-tls-verify-pull'] : []),
    ...(pushes.some(({ insecure }) => insecure) ? ['--insecure', '--skip-tls-verify'] : []),
    ...(build.target === undefined ? [] : [`--target=${build.target}`]),
    ...(build.platforms ?? []).map((platform) => `--custom-platform=${platform}`),
    ...args.map((arg) => `--build-arg=${arg}`),
    ...Object.entries(build.labels).map(([name, value]) => `--label=${name}=${value}`),
    ...(build.pod?.kanikoFlags ?? []),
    ...(pushes.length === 0 ? ['--no-push'] : pushes.map(({ reference }) => `--destination=${reference}`)),
  ];
}

/**
 * `.dockerignore` has already been applied to the context. An empty `Dockerfile.dockerignore` takes precedence over the
 * file in the context.
 */
function dockerfileWithoutRules(text: string): readonly TarFile[] {
  return [
    { name: 'Dockerfile', content: text, mode: 0o644 },
    { name: 'Dockerfile.dockerignore', content: '', mode: 0o644 },
  ];
}

/** Returns a secret that is not passed as a build argument too. Kaniko would skip its mount. */
function mountedSecret({ secrets, args }: ImageBuild): string | undefined {
  return [...secrets.keys()].find((id) => !args.some(({ name }) => name === id));
}

function hiddenFile(name: string, content: string): TarFile {
  return { name, content, mode: 0o600 };
}

function unsupported(detail: string): Outcome<never> {
  return failed({ code: 'unsupported', detail });
}
