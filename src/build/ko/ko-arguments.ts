import { join, posix } from 'node:path';
import { splitImageName } from '../../util/image-grammar.ts';
import type { ArtifactBuild } from '../builder.ts';
import type { StepCommand } from '../../commands/run-command.ts';
import type { KoOptions } from './ko-options.ts';

/** Files of one build, outside of the project. */
export interface KoFiles {
  /** ko writes the references of what it has pushed to this file. */
  readonly imageRefs: string;
  /** The configuration to use instead of the project's. */
  readonly config?: string;
}

const scheme = 'ko://';

/** Returns the command that builds the image of an artifact, and pushes it or loads it into the engine of `DOCKER_HOST`. */
export function koCommand(
  { image, reference, context, platforms, push, options }: ArtifactBuild<KoOptions>,
  files: KoFiles,
  env: StepCommand['env'],
): StepCommand {
  const { name, tag } = splitImageName(reference);
  const importPath = image.startsWith(scheme) ? image : mainPackage(options.main);
  return {
    argv: [
      'ko',
      'build',
      importPath,
      // `KO_DOCKER_REPO` is the whole name of the image.
      '--bare',
      ...(tag === undefined ? [] : [`--tags=${tag}`]),
      ...(platforms.length > 0 ? [`--platform=${platforms.join(',')}`] : []),
      ...options.labels.map((label) => `--image-label=${csvField(`${label.name}=${label.value}`)}`),
      // A list of packages would be a second artifact in the registry. Other builders make none, and Skaffold turns it off too.
      '--sbom=none',
      ...(push ? [`--image-refs=${files.imageRefs}`] : ['--local']),
      ...(push?.insecure ? ['--insecure-registry'] : []),
    ],
    cwd: join(context, options.dir),
    env: {
      ...env,
      // ko refuses platforms beside these variables.
      ...(platforms.length > 0 && { GOOS: undefined, GOARCH: undefined, GOARM: undefined }),
      KO_DOCKER_REPO: name,
      ...(options.fromImage !== undefined && { KO_DEFAULTBASEIMAGE: options.fromImage }),
      ...(files.config !== undefined && { KO_CONFIG_PATH: files.config }),
    },
    install: 'https://ko.build/install/',
  };
}

/** Returns a package as `go` takes it. Without `./`, a path would be one of the standard library. */
function mainPackage(main: string): string {
  const path = main.endsWith('.go') ? posix.dirname(main) : main;
  const [first = ''] = path.split('/');
  return first.includes('.') ? path : `./${path}`;
}

/** ko splits labels at commas, with the quotes of CSV. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
