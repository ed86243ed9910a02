import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { TarFile } from '../../../tar/tar-of-files.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { divideArguments, exportLines, holdsSecret, unsettableArgument } from './build-arguments.ts';
import type { BuilderJob, BuilderPlaces } from './builder-program.ts';
import { registryConfig } from './registry-config.ts';

const executor = '/kaniko/executor';
/** Only the image's `debug` variants have it. */
const shell = '/busybox/sh';

/** Below the one folder that Kaniko neither copies into the image nor empties between the stages of a Dockerfile. */
export const kanikoPlaces: BuilderPlaces = {
  context: '/kaniko/buildcontext',
  files: '/kaniko/slipway',
  results: '/kaniko/results',
};
export const kanikoDigest = 'digest';

/** Kaniko 1.24, its command line and the files that it names. Failures: `unsupported`. */
export function kanikoCommand(build: ImageBuild, dockerfile: string): Outcome<BuilderJob> {
  const mounted = mountedSecret(build);
  if (mounted !== undefined)
    return unsupported(
      `Kaniko knows no secrets of a build (RUN --mount is left out by it without a word): ${mounted} reaches it as ARG ${mounted} only, or take Buildah as the builder`,
    );
  const args = divideArguments(build);
  const unsettable = unsettableArgument(args);
  if (unsettable !== undefined)
    return unsupported(
      `no shell can set a variable called ${unsettable}, and a build argument with a secret in it must not be on the builder's command line: give it a name of letters, digits and _`,
    );
  const command = [executor, ...flags(build, args.words)];
  if (command.some((word) => holdsSecret(build, word)))
    return unsupported("a secret is in the image's name or labels, which everybody can read who may look at pods");
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
      needs: `an argument of this build holds a secret, which a shell has to hand to Kaniko, and its plain image has none (${shell}): take the image whose tag ends in -debug as \`kubernetes.builder.image\``,
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
    ...args.map((arg) => `--build-arg=${arg}`),
    ...Object.entries(build.labels).map(([name, value]) => `--label=${name}=${value}`),
    ...(pushes.length === 0 ? ['--no-push'] : pushes.map(({ reference }) => `--destination=${reference}`)),
  ];
}

/**
 * The rules of `.dockerignore` have been applied to the context; beside a Dockerfile, rules of its own win over those
 * in the context.
 */
function dockerfileWithoutRules(text: string): readonly TarFile[] {
  return [
    { name: 'Dockerfile', content: text, mode: 0o644 },
    { name: 'Dockerfile.dockerignore', content: '', mode: 0o644 },
  ];
}

/** One that is passed as an argument too is not mounted by the Dockerfile. */
function mountedSecret({ secrets, args }: ImageBuild): string | undefined {
  return [...secrets.keys()].find((id) => !args.some(({ name }) => name === id));
}

function hiddenFile(name: string, content: string): TarFile {
  return { name, content, mode: 0o600 };
}

function unsupported(detail: string): Outcome<never> {
  return failed({ code: 'unsupported', detail });
}
