import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import { shellWord } from '../../../util/shell-word.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { divideArguments, exportLines, unsettableArgument } from './build-arguments.ts';
import type { BuilderJob, BuilderPlaces } from './builder-program.ts';
import { registryConfig } from './registry-config.ts';

export const buildahPlaces: BuilderPlaces = {
  context: '/slipway/context',
  files: '/slipway/files',
  results: '/slipway/results',
};
export const buildahImage = 'image';
/** @param index of a push in the build's `pushes` */
export const buildahDigest = (index: number): string => `digest-${index + 1}`;
/** What its script prints before a push. */
export const pushingLine = (reference: string): string => `Pushing ${reference}`;

/** Neither needs privileges; layers are copied, where an image without FUSE can do no better. */
const storage = '--storage-driver=vfs';

/**
 * Buildah 1.28 and later, as a script: building and each push are calls of their own. All of it is in a file, so
 * nothing of it is shown by the platform. Failures: `unsupported`.
 */
export function buildahCommand(build: ImageBuild, dockerfile: string): Outcome<BuilderJob> {
  const args = divideArguments(build);
  const unsettable = unsettableArgument(args);
  if (unsettable !== undefined)
    return failed({
      code: 'unsupported',
      detail: `no shell can set a variable called ${unsettable}, which a build argument with a secret in it has to be: give it a name of letters, digits and _`,
    });
  const wrong = [...build.secrets.keys()].find((id) => /[,"\r\n]/.test(id));
  // A row of options, in which an id must not begin one of its own: `src=…` would be any file of the builder.
  if (wrong !== undefined)
    return failed({ code: 'unsupported', detail: `not an id of a secret: ${JSON.stringify(wrong)}` });
  const login = registryConfig(build);
  const secrets = [...build.secrets].map(([id, value], i) => ({
    id,
    name: `secret-${i + 1}`,
    content: value,
    mode: 0o600,
  }));
  const script = [...exportLines(args), line(buildFlags(build, args.words, secrets)), ...pushLines(build), ''].join(
    '\n',
  );
  return succeeded({
    command: ['/bin/sh', `${buildahPlaces.files}/build`],
    env: login === undefined ? {} : { REGISTRY_AUTH_FILE: `${buildahPlaces.files}/config.json` },
    files: [
      { name: 'build', content: script, mode: 0o600 },
      // The option takes a list, in which not every name of a file is one word.
      { name: 'Dockerfile', content: dockerfile, mode: 0o644 },
      // The rules of `.dockerignore` have been applied to the context.
      { name: 'no-rules', content: '', mode: 0o600 },
      ...(login === undefined ? [] : [{ name: 'config.json', content: login, mode: 0o600 }]),
      ...secrets,
    ],
  });
}

function buildFlags(
  build: ImageBuild,
  args: readonly string[],
  secrets: readonly { readonly id: string; readonly name: string }[],
): readonly string[] {
  return [
    'buildah',
    'bud',
    '--isolation=chroot',
    storage,
    // As other builders make them: HEALTHCHECK, SHELL and ONBUILD are not known to the other format.
    '--format=docker',
    `--iidfile=${buildahPlaces.results}/${buildahImage}`,
    `--ignorefile=${buildahPlaces.files}/no-rules`,
    `--file=${buildahPlaces.files}/Dockerfile`,
    ...(build.insecure === true ? ['--tls-verify=false'] : []),
    ...args.map((arg) => `--build-arg=${arg}`),
    ...secrets.map(({ id, name }) => `--secret=id=${id},src=${buildahPlaces.files}/${name}`),
    ...Object.entries(build.labels).map(([name, value]) => `--label=${name}=${value}`),
    buildahPlaces.context,
  ];
}

function pushLines({ pushes = [] }: ImageBuild): readonly string[] {
  if (pushes.length === 0) return [];
  return [
    `image=$(cat ${buildahPlaces.results}/${buildahImage})`,
    ...pushes.flatMap(({ reference, insecure }, i) => [
      `echo ${shellWord(pushingLine(reference))}`,
      `${words(['buildah', 'push', storage, `--digestfile=${buildahPlaces.results}/${buildahDigest(i)}`, ...(insecure ? ['--tls-verify=false'] : [])])} "$image" ${shellWord(`docker://${reference}`)} || exit $?`,
    ]),
  ];
}

function line(command: readonly string[]): string {
  return `${words(command)} || exit $?`;
}

function words(command: readonly string[]): string {
  return command.map(shellWord).join(' ');
}
