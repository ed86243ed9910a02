import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Option, type Command } from 'commander';
import { buildResults, skaffoldBuilds } from '../../events/build-results.ts';
import type { StoredEvent } from '../../events/event.ts';
import { applyEvent, emptyRunState } from '../../events/run-state.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { StartRequest } from '../../runs/run-service.ts';
import { reasonOf, toFileError } from '../../util/file-error.ts';
import { quoted } from '../../util/visible.ts';
import { printDryRun } from '../dry-run.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { finishRun } from '../planned-run.ts';
import { refuse } from '../refuse.ts';
import type { Reporter } from '../reporter.ts';
import { addReporterFlags, chooseReporter, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { collect, notEmpty, parseNumber, parseOn, parsePath, parseRuntimes, runtimeList } from '../run-flags.ts';
import { addSkaffoldFlags, skaffoldRequest, type SkaffoldFlags } from '../skaffold-flags.ts';
import { terminalInteraction } from '../terminal-interaction.ts';
import { UsageError } from '../usage-error.ts';

interface BuildFlags extends SkaffoldFlags, ReporterFlags {
  readonly buildImage?: readonly string[];
  readonly tag?: string;
  readonly defaultRepo?: string;
  readonly config?: string;
  readonly insecureRegistry?: readonly string[];
  readonly push?: boolean;
  readonly buildConcurrency?: number;
  readonly failFast?: boolean;
  readonly cacheArtifacts?: boolean;
  readonly platform?: readonly string[];
  readonly disableMultiPlatformBuild?: boolean;
  readonly fileOutput?: string;
  readonly dryRun?: boolean;
  readonly on?: readonly string[];
}

export function define(command: Command, invocation: Invocation): void {
  const chosen = addSkaffoldFlags(command.argument('[path]', 'a skaffold.yaml or its folder', parsePath))
    .option('-b, --build-image <image>', 'only artifacts whose image contains this; repeatable', collect)
    .option('-t, --tag <tag>', 'the tag of every image, instead of the tag policy', notEmpty('TAG'))
    .option('-d, --default-repo <repository>', 'move the images to this repository')
    .option('-c, --config <file>', 'the global configuration of Skaffold (default: ~/.skaffold/config)', parsePath)
    .option('--insecure-registry <host>', 'a registry that may use plain HTTP; repeatable', collect)
    .option('--push', 'push the images (default: as the configuration and the kube context say)')
    .option('--no-push', 'push nothing')
    .option('--build-concurrency <n>', 'build at most this many artifacts at once; 0: all', parseNumber)
    .option('--fail-fast', 'cancel the other artifacts after a failure')
    .option('--no-cache-artifacts', 'build every artifact, also if nothing of it has changed')
    .addOption(new Option('--cache-artifacts').hideHelp())
    .option('--platform <platforms>', 'OS/ARCHITECTURE, several separated by commas', (text) => text.split(','))
    .option('--disable-multi-platform-build', 'build every image for one platform only')
    .option('--file-output <file>', 'write the built images to a file, for `deploy --build-artifacts`', parsePath)
    .option('--on <runtimes>', `where to build: ${runtimeList} (default: SLIPWAY_ON, else as the file says)`, parseOn);
  addReporterFlags(chosen, invocation)
    .option('-n, --dry-run', 'show what would be built')
    .action(
      invocation.action(
        async (path: string | undefined, flags: BuildFlags) => await build(invocation, command, path, flags),
      ),
    );
}

async function build(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: BuildFlags,
): Promise<number> {
  const services = await invocation.services();
  const { request, diagnostics, variable } = await skaffoldRequest(
    invocation,
    services.configurations,
    command,
    path,
    flags,
  );
  if (!request) {
    await printRefused(invocation, diagnostics);
    return await refuse(invocation, diagnostics);
  }
  const isGiven = (option: string) => command.getOptionValueSource(option) === 'cli';
  const words = (name: string) =>
    variable(name)
      ?.split(',')
      .filter((word) => word !== '');
  const [tag, defaultRepo] = [flags.tag ?? variable('TAG'), flags.defaultRepo ?? variable('DEFAULT_REPO')];
  const config = flags.config ?? variable('CONFIG');
  const concurrency = flags.buildConcurrency ?? numberOf('SKAFFOLD_BUILD_CONCURRENCY', variable('BUILD_CONCURRENCY'));
  const push = flags.push ?? truthOf('SKAFFOLD_PUSH', variable('PUSH'));
  const cacheArtifacts = isGiven('cacheArtifacts')
    ? flags.cacheArtifacts
    : truthOf('SKAFFOLD_CACHE_ARTIFACTS', variable('CACHE_ARTIFACTS'));
  const output = flags.fileOutput ?? (variable('FILE_OUTPUT') || undefined);
  const file = output === undefined ? undefined : invocation.path(output);
  const given = invocation.host.env['SLIPWAY_ON'] || undefined;
  const wanted = flags.on ?? (given === undefined ? undefined : parseRuntimes(given, 'SLIPWAY_ON'));
  const on = wanted ?? ['docker'];
  const start: StartRequest = {
    path: request.path,
    ...{ stages: [], steps: [], inputs: [], on, keepFailed: false, gitIgnore: true, pull: 'missing' },
    ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
    build: {
      ...request,
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
      ...(tag !== undefined && tag !== '' && { tag }),
      ...(defaultRepo !== undefined && defaultRepo !== '' && { defaultRepo }),
      ...(config !== undefined && { globalConfig: invocation.path(config) }),
      ...(push !== undefined && { push }),
      ...(concurrency !== undefined && { concurrency }),
    },
  };
  if (file !== undefined) await checkOutput(file);
  if (flags.dryRun) return await printDryRun(invocation, start);
  const state = emptyRunState();
  const reporter = folding(
    (event) => applyEvent(state, event),
    invocation.json ? silent(invocation) : await chooseReporter(invocation, flags),
  );
  const started = await services.start(start, terminalInteraction(invocation, reporter));
  const code = await finishRun(invocation, reporter, started);
  const results = buildResults(state);
  if (started.status === 'refused') await printRefused(invocation, started.diagnostics);
  if (invocation.json && started.status === 'driven') {
    const { status, because = null, detail = null, diagnostics } = state;
    const run = { run: started.run.id, status, because, detail, diagnostics };
    await invocation.printJson({ ...run, ...skaffoldBuilds(results), results });
  }
  // Images of a failed build are not a set that belongs together, so an earlier file stays.
  if (file !== undefined && code === exitCodes.succeeded) await writeResults(file, skaffoldBuilds(results));
  return code;
}

/** Programs read the reason where they read results. */
async function printRefused(invocation: Invocation, diagnostics: readonly Diagnostic[]): Promise<void> {
  if (!invocation.json) return;
  const run = { run: null, status: 'failed', because: 'configuration', detail: null, diagnostics };
  await invocation.printJson({ ...run, ...skaffoldBuilds([]), results: [] });
}

function numberOf(name: string, text = ''): number | undefined {
  // Skaffold's own default is -1: as the configuration says.
  if (text === '' || text === '-1') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${name}=${text}: the value must be an integer of at least 0`);
}

function truthOf(name: string, text = ''): boolean | undefined {
  if (text === '') return undefined;
  if (/^(?:true|t|1)$/i.test(text)) return true;
  if (/^(?:false|f|0)$/i.test(text)) return false;
  throw new UsageError(`${name}=${text}: the value must be true or false`);
}

/** Reports a file that cannot be written before anything is built. */
async function checkOutput(path: string): Promise<void> {
  const help = ['choose another file with --file-output'];
  const reason = async (of: string) => await stat(of).then(undefined, (error: Error) => error);
  const [folder, file] = [await reason(dirname(path)), await reason(path)];
  if (folder instanceof Error) throw new UsageError(`cannot write ${quoted(path)}: ${reasonOf(folder)}`, help);
  if (!folder.isDirectory()) throw new UsageError(`cannot write ${quoted(path)}: its folder is a file`, help);
  if (!(file instanceof Error) && file.isDirectory())
    throw new UsageError(`cannot write ${quoted(path)}: it is a folder`, help);
}

/** Returns a reporter that also hands each event to a fold. */
function folding(apply: (event: StoredEvent) => void, inner: Reporter): Reporter {
  return {
    async event(event) {
      apply(event);
      await inner.event(event);
    },
    notice: async (text) => await inner.notice(text),
    ...(inner.watch && { watch: inner.watch.bind(inner) }),
    ...(inner.hold && { hold: inner.hold.bind(inner) }),
    end: async () => await inner.end(),
  };
}

/** The result is one JSON document at the end, so nothing is shown before. */
function silent({ host }: Invocation): Reporter {
  return { event: () => undefined, notice: async (text) => await host.stderr.write(`${text}\n`), end: () => undefined };
}

async function writeResults(path: string, builds: ReturnType<typeof skaffoldBuilds>): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(builds)}\n`);
  } catch (error) {
    const refused = toFileError(error);
    if (refused === undefined) throw error;
    throw new UsageError(refused.message, ['choose another file with --file-output']);
  }
}
