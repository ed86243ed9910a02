import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { buildResults, skaffoldBuilds } from '../../events/build-results.ts';
import type { StoredEvent } from '../../events/event.ts';
import { applyEvent, emptyRunState } from '../../events/run-state.ts';
import type { StartRequest } from '../../runs/run-service.ts';
import { toFileError } from '../../util/file-error.ts';
import { printDryRun } from '../dry-run.ts';
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
    .option('--file-output <file>', 'write the built images to a file, for `deploy --build-artifacts`', parsePath)
    .option('--on <runtimes>', `where to build: ${runtimeList} (default: SLIPWAY_ON, else docker)`, parseOn);
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
  if (!request) return await refuse(invocation, diagnostics);
  const words = (name: string) => variable(name)?.split(',');
  const [tag, defaultRepo] = [flags.tag ?? variable('TAG'), flags.defaultRepo ?? variable('DEFAULT_REPO')];
  const config = flags.config ?? variable('CONFIG');
  const on = flags.on ?? parseRuntimes(invocation.host.env['SLIPWAY_ON'] || 'docker', 'SLIPWAY_ON');
  const start: StartRequest = {
    path: request.path,
    ...{ stages: [], steps: [], inputs: [], on, keepFailed: false, gitIgnore: true, pull: 'missing' },
    ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
    build: {
      ...request,
      images: flags.buildImage ?? words('BUILD_IMAGE') ?? [],
      insecureRegistries: flags.insecureRegistry ?? words('INSECURE_REGISTRY') ?? [],
      failFast: flags.failFast === true,
      cacheArtifacts: flags.cacheArtifacts !== false,
      platforms: flags.platform ?? words('PLATFORM') ?? [],
      ...(tag !== undefined && tag !== '' && { tag }),
      ...(defaultRepo !== undefined && defaultRepo !== '' && { defaultRepo }),
      ...(config !== undefined && { globalConfig: invocation.path(config) }),
      ...(flags.push !== undefined && { push: flags.push }),
      ...(flags.buildConcurrency !== undefined && { concurrency: flags.buildConcurrency }),
    },
  };
  if (flags.dryRun) return await printDryRun(invocation, start);
  const state = emptyRunState();
  const reporter = folding(
    (event) => applyEvent(state, event),
    invocation.json ? silent(invocation) : await chooseReporter(invocation, flags),
  );
  const started = await services.start(start, terminalInteraction(invocation, reporter));
  const code = await finishRun(invocation, reporter, started);
  const results = buildResults(state);
  if (invocation.json && started.status === 'driven')
    await invocation.printJson({ run: started.run.id, ...skaffoldBuilds(results), results });
  if (flags.fileOutput !== undefined) await writeResults(invocation.path(flags.fileOutput), skaffoldBuilds(results));
  return code;
}

/** Returns a reporter that also hands each event to a fold. */
function folding(apply: (event: StoredEvent) => void, inner: Reporter): Reporter {
  return {
    async event(event) {
      apply(event);
      await inner.event(event);
    },
    notice: async (text) => await inner.notice(text),
    ...('watch' in inner && { watch: (activity) => inner.watch?.(activity) }),
    ...('hold' in inner && { hold: async () => (await inner.hold?.()) ?? { [Symbol.dispose]: () => undefined } }),
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
