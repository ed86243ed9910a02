import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import { shellWord } from '../../../util/shell-word.ts';
import { noBuildKit, type BuilderLimits } from '../../build-options.ts';
import type { ImageBuild } from '../../image-builder.ts';
import type { TarFile } from '../../../tar/tar-of-files.ts';
import { splitArguments, exportLines, unsettableArgument } from './build-arguments.ts';
import type { BuilderJob, BuilderPlaces } from './builder-program.ts';
import { registryConfig } from './registry-config.ts';

export const buildahPlaces: BuilderPlaces = {
  context: '/slipway/context',
  files: '/slipway/files',
  results: '/slipway/results',
};
export const buildahImage = 'image';
/**
 * Returns the name of a push's digest file.
 * @param index of the push in the build's `pushes`
 */
export const buildahDigest = (index: number): string => `digest-${index + 1}`;
/** The line that the script prints before a push. */
export const pushingLine = (reference: string): string => `Pushing ${reference}`;

export const buildahLimits: BuilderLimits = {
  builder: 'Buildah in a pod',
  refuses: {
    ...noBuildKit,
    ssh: (ssh) => {
      if ([...ssh.values()].some((keys) => 'agent' in keys))
        return 'a pod cannot reach the ssh-agent of your machine: name the keys instead';
      // The option is `ID=FILE,FILE`.
      const wrong = [...ssh.keys()].find((id) => !/^[\w.-]+$/.test(id));
      return wrong && `the id ${JSON.stringify(wrong)} is invalid: use letters, digits, _, . and -`;
    },
    cacheFrom: () => 'it reads no layers of images: leave it out',
    network: () => 'instructions run in the network of its pod: leave it out',
  },
};

/** These settings need no privileges. Layers are copied: an image without FUSE has no faster storage. */
const storage = '--storage-driver=vfs';

/**
 * Returns the Buildah job of a build, for Buildah 1.28 and later: a script that builds, then runs each push. The script
 * is in a file, so the platform shows none of it. Failures: `unsupported`.
 */
export function buildahCommand(build: ImageBuild, dockerfile: string): Outcome<BuilderJob> {
  const args = splitArguments(build);
  const unsettable = unsettableArgument(args);
  if (unsettable !== undefined)
    return failed({
      code: 'unsupported',
      detail: `no shell can set a variable called ${unsettable}, so this build argument cannot carry a secret: use a name of letters, digits and _`,
    });
  const wrong = [...build.secrets.keys()].find((id) => /[,"\r\n]/.test(id));
  // The option is a comma-separated list. An id such as `x,src=…` could read any file of the builder.
  if (wrong !== undefined)
    return failed({ code: 'unsupported', detail: `invalid secret id: ${JSON.stringify(wrong)}` });
  const login = registryConfig(build);
  const secrets = [...build.secrets].map(([id, value], i) => ({
    id,
    name: `secret-${i + 1}`,
    content: value,
    mode: 0o600,
  }));
  const ssh = sshFiles(build);
  const script = [
    ...exportLines(args),
    line(buildFlags(build, args.words, secrets, ssh)),
    ...pushLines(build),
    '',
  ].join('\n');
  return succeeded({
    command: ['/bin/sh', `${buildahPlaces.files}/build`],
    env: login === undefined ? {} : { REGISTRY_AUTH_FILE: `${buildahPlaces.files}/config.json` },
    files: [
      { name: 'build', content: script, mode: 0o600 },
      // The `--file` option takes a list, so the Dockerfile gets a name without a comma.
      { name: 'Dockerfile', content: dockerfile, mode: 0o644 },
      // `.dockerignore` has already been applied to the context.
      { name: 'no-rules', content: '', mode: 0o600 },
      ...(login === undefined ? [] : [{ name: 'config.json', content: login, mode: 0o600 }]),
      ...secrets,
      ...ssh.flatMap(({ files }) => files),
    ],
  });
}

function buildFlags(
  build: ImageBuild,
  args: readonly string[],
  secrets: readonly { readonly id: string; readonly name: string }[],
  ssh: readonly SshFiles[],
): readonly string[] {
  return [
    'buildah',
    'bud',
    '--isolation=chroot',
    storage,
    // The OCI format has no HEALTHCHECK, SHELL and ONBUILD. Other builders write the Docker format.
    '--format=docker',
    `--iidfile=${buildahPlaces.results}/${buildahImage}`,
    `--ignorefile=${buildahPlaces.files}/no-rules`,
    `--file=${buildahPlaces.files}/Dockerfile`,
    ...(build.insecure === true ? ['--tls-verify=false'] : []),
    ...args.map((arg) => `--build-arg=${arg}`),
    ...secrets.map(({ id, name }) => `--secret=id=${id},src=${buildahPlaces.files}/${name}`),
    ...ssh.map(({ id, files }) => `--ssh=${id}=${files.map(({ name }) => `${buildahPlaces.files}/${name}`).join(',')}`),
    ...(build.target === undefined ? [] : [`--target=${build.target}`]),
    ...(build.platforms ?? []).map((platform) => `--platform=${platform}`),
    ...(build.addHosts ?? []).map(({ name, address }) => `--add-host=${name}:${address}`),
    ...Object.entries(build.labels).map(([name, value]) => `--label=${name}=${value}`),
    buildahPlaces.context,
  ];
}

interface SshFiles {
  readonly id: string;
  readonly files: readonly TarFile[];
}

function sshFiles({ ssh }: ImageBuild): readonly SshFiles[] {
  return [...(ssh ?? [])].map(([id, keys], i) => ({
    id,
    files: ('keys' in keys ? keys.keys : []).map((content, j) => ({
      name: `ssh-${i + 1}-${j + 1}`,
      content,
      mode: 0o600,
    })),
  }));
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
