/** The flags of commands that build the artifacts of a `skaffold.yaml`. Names and meanings are Skaffold's (docs/skaffold.md). */
import fs from 'node:fs';
import { Option, type Command } from 'commander';
import type { BuildRequest } from '../engine/build-request.ts';
import type { StartRequest } from '../runs/run-service.ts';
import { parseBoolean } from './boolean-flag-values.ts';
import type { Invocation } from './invocation.ts';
import { parseNumber, parseOn, parsePath, parseRuntimes, runtimeList } from './run-flags.ts';
import { addSkaffoldFlags, type SkaffoldFlags, type SkaffoldRequest } from './skaffold-flags.ts';
import { checkDefaultRepo, checkTag, collectWords, parseDefaultRepo, parseTag, wordsIn } from './skaffold-values.ts';
import { UsageError } from './usage-error.ts';

export interface BuildFlags extends SkaffoldFlags {
  readonly buildImage?: readonly string[];
  readonly tag?: string;
  readonly defaultRepo?: string;
  readonly config?: string;
  readonly insecureRegistry?: readonly string[];
  readonly push?: boolean;
  readonly buildConcurrency?: number;
  readonly failFast?: boolean;
  readonly cacheArtifacts?: boolean;
  readonly cacheDir?: string;
  readonly platform?: readonly string[];
  readonly disableMultiPlatformBuild?: boolean;
  readonly dryRun?: boolean;
  readonly on?: readonly string[];
}

/** Adds the flags of configurations and builds, and where to build. */
export function addBuildFlags(command: Command): Command {
  return addImageFlags(command).option(
    '--on <runtimes>',
    `where to build: ${runtimeList} (default: SLIPWAY_ON, else as the file says)`,
    parseOn,
  );
}

/** Adds the flags of configurations and of the images of their artifacts. */
export function addImageFlags(command: Command): Command {
  return addSkaffoldFlags(command.argument('[path]', 'a skaffold.yaml or its folder', parsePath))
    .option('-b, --build-image <image>', 'only artifacts whose image contains this; repeatable', collectWords)
    .option('-t, --tag <tag>', 'the tag of every image, instead of the tag policy', parseTag)
    .option('-d, --default-repo <repository>', 'move the images to this repository', parseDefaultRepo)
    .option('-c, --config <file>', 'the global configuration of Skaffold (default: ~/.skaffold/config)', parsePath)
    .option('--insecure-registry <host>', 'a registry that may use plain HTTP; repeatable', collectWords)
    .option('--push', 'push the images (default: as the configuration and the kube context say)')
    .option('--no-push', 'push nothing')
    .option('--build-concurrency <n>', 'build at most this many artifacts at once; 0: all', parseNumber)
    .option('--fail-fast', 'cancel the other artifacts after a failure')
    .option('--no-cache-artifacts', 'build every artifact, even if nothing has changed')
    .addOption(new Option('--cache-artifacts').hideHelp())
    .option('--cache-dir <dir>', 'a folder of the artifact cache that machines share (or SLIPWAY_CACHE_DIR)', parsePath)
    .option('--platform <platforms>', 'OS/ARCHITECTURE, several separated by commas', (text) => text.split(','))
    .option('--disable-multi-platform-build', 'build every image for one platform only');
}

/** Returns the run that the flags ask for. A flag that is not given takes the value of `SKAFFOLD_NAME`. */
export function buildRun(
  invocation: Invocation,
  command: Command,
  flags: BuildFlags,
  { request, variable }: Pick<Required<SkaffoldRequest>, 'request' | 'variable'>,
): StartRequest & { readonly build: BuildRequest } {
  const isGiven = (option: string) => command.getOptionValueSource(option) === 'cli';
  const words = (name: string) => {
    const written = variable(name);
    return written === undefined ? undefined : wordsIn(written);
  };
  const tag = flags.tag ?? checked(checkTag, 'SKAFFOLD_TAG', variable('TAG'));
  const defaultRepo = flags.defaultRepo ?? checked(checkDefaultRepo, 'SKAFFOLD_DEFAULT_REPO', variable('DEFAULT_REPO'));
  const config = flags.config ?? variable('CONFIG');
  const concurrency = flags.buildConcurrency ?? numberOf('SKAFFOLD_BUILD_CONCURRENCY', variable('BUILD_CONCURRENCY'));
  const push = flags.push ?? truthOf('SKAFFOLD_PUSH', variable('PUSH'));
  const cacheArtifacts = isGiven('cacheArtifacts')
    ? flags.cacheArtifacts
    : truthOf('SKAFFOLD_CACHE_ARTIFACTS', variable('CACHE_ARTIFACTS'));
  const cacheDir = flags.cacheDir ?? (invocation.host.env['SLIPWAY_CACHE_DIR'] || undefined);
  const place = invocation.host.env['SLIPWAY_ON'] || undefined;
  const wanted = flags.on ?? (place === undefined ? undefined : parseRuntimes(place, 'SLIPWAY_ON'));
  const on = wanted ?? ['docker'];
  return {
    // What is no file has the project of the current folder.
    path: request.text === undefined ? request.path : invocation.directory,
    ...{ stages: [], steps: [], inputs: [], on, keepFailed: false, gitIgnore: true, pull: 'missing' },
    ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
    build: {
      ...request,
      folder: invocation.directory,
      images: flags.buildImage ?? words('BUILD_IMAGE') ?? [],
      insecureRegistries: flags.insecureRegistry ?? words('INSECURE_REGISTRY') ?? [],
      failFast: flags.failFast === true,
      cacheArtifacts: cacheArtifacts !== false,
      platforms: flags.platform ?? words('PLATFORM') ?? [],
      onlyOnePlatform:
        flags.disableMultiPlatformBuild ??
        truthOf('SKAFFOLD_DISABLE_MULTI_PLATFORM_BUILD', variable('DISABLE_MULTI_PLATFORM_BUILD')) ??
        false,
      ...(wanted && { on: wanted }),
      ...(tag !== undefined && { tag }),
      ...(defaultRepo !== undefined && defaultRepo !== '' && { defaultRepo }),
      ...(config !== undefined && { globalConfig: invocation.path(config) }),
      ...(cacheDir !== undefined && { sharedCache: folderOf('--cache-dir', invocation.path(cacheDir)) }),
      ...(push !== undefined && { push }),
      ...(concurrency !== undefined && { concurrency }),
    },
  };
}

/** Returns the path of a folder that may be missing. Nothing would say later that nothing is kept in what is no folder. */
function folderOf(flag: string, path: string): string {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === false) throw new UsageError(`${flag} ${path}: it is not a folder`);
  return path;
}

/** Checks the value of a variable as that of its flag. */
export function checked<Value>(
  check: (text: string, source: string) => Value,
  name: string,
  text: string | undefined,
): Value | undefined {
  return text === undefined ? undefined : check(text, name);
}

function numberOf(name: string, text = ''): number | undefined {
  // Skaffold's own default is -1: as the configuration says.
  if (text === '' || text === '-1') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${name}=${text}: the value must be an integer of at least 0`);
}

/** Parses the value of a flag or variable. `undefined`: it is empty. */
export function truthOf(name: string, text = ''): boolean | undefined {
  return text === '' ? undefined : parseBoolean(text, name);
}
