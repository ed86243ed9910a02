import { Option, type Command } from 'commander';
import { addReporterFlags, bothMistake, chooseReporter, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { terminalInteraction } from '../terminal-interaction.ts';
import { printDryRun } from '../dry-run.ts';
import type { Invocation } from '../invocation.ts';
import { addPipelineFlags, pipelineRequest, type PipelineFlags } from '../pipeline-flags.ts';
import { parseRoot } from '../root-flag.ts';
import { collect, parseCount, parseOn, parsePath, parseRuntimes, runtimeList } from '../run-flags.ts';
import { finishRun } from '../planned-run.ts';
import { allChecked, UsageError } from '../usage-error.ts';
import type { PipelineRequest } from '../../engine/front-end.ts';

interface RunFlags extends PipelineFlags, ReporterFlags {
  readonly stage?: readonly string[];
  readonly step?: readonly string[];
  readonly on?: readonly string[];
  readonly jobs?: number;
  readonly pull: 'missing' | 'always' | 'never';
  readonly keepFailed?: boolean;
  readonly gitignore: boolean;
  readonly root?: string;
  readonly kubeContext?: string;
  readonly dryRun?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  const chosen = addPipelineFlags(command.argument('[path]', 'a .wharf-ci.yml or its folder', parsePath))
    .option('-s, --stage <name>', 'only this stage; repeatable', collect)
    .option('--step <name>', 'only this step; repeatable', collect)
    .option(
      '--on <runtimes>',
      `${runtimeList}, kubernetes:NAME for a cluster of the operator's file, or several by preference: docker,host (default: SLIPWAY_ON, else docker)`,
      parseOn,
    )
    .option('--jobs <n>', 'run at most this many steps at once (default: all of a stage)', parseCount)
    .addOption(new Option('--pull <when>', 'images').choices(['missing', 'always', 'never']).default('missing'))
    .option('--keep-failed', 'keep the containers of failed steps, for slipway shell')
    .option('--no-gitignore', 'include files that Git ignores')
    .option('--root <dir>', 'use this folder above the configuration as the workspace', parsePath)
    .option(
      '--kube-context <name>',
      'the context of your kubeconfig for --on kubernetes and for deploy steps without a cluster',
    );
  addReporterFlags(chosen, invocation)
    .option('-n, --dry-run', 'show what would run')
    .action(invocation.action(async (path: string | undefined, flags: RunFlags) => await run(invocation, path, flags)));
  invocation.check(command, (flags) => [
    ...bothMistake(flags),
    ...(flags['on'] === undefined ? environmentMistake(invocation) : []),
  ]);
}

/** Returns the mistake in `SLIPWAY_ON`, which is the default of `--on`. */
function environmentMistake({ host }: Invocation): readonly UsageError[] {
  try {
    runtimesOf(host.env);
    return [];
  } catch (error) {
    if (error instanceof UsageError) return [error];
    throw error;
  }
}

function runtimesOf(env: Invocation['host']['env']): readonly string[] {
  return parseRuntimes(env['SLIPWAY_ON'] || 'docker', 'SLIPWAY_ON');
}

async function run(invocation: Invocation, path: string | undefined, flags: RunFlags): Promise<number> {
  const on = flags.on ?? runtimesOf(invocation.host.env);
  const [pipeline, root] = await allChecked([
    pipelineRequest(invocation, path, flags),
    flags.root === undefined ? Promise.resolve(undefined) : parseRoot(invocation, flags.root, invocation.path(path)),
  ]);
  const request: PipelineRequest = {
    ...pipeline,
    on,
    stages: flags.stage ?? [],
    steps: flags.step ?? [],
    ...(root !== undefined && { root }),
    ...(flags.kubeContext === undefined ? {} : { kubeContext: flags.kubeContext }),
  };
  if (flags.dryRun === true) return await printDryRun(invocation, request);
  const services = await invocation.services();
  const reporter = await chooseReporter(invocation, flags);
  const started = await services.start(
    {
      ...request,
      on,
      pull: flags.pull,
      keepFailed: flags.keepFailed === true,
      gitIgnore: flags.gitignore,
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
    },
    terminalInteraction(invocation, reporter),
  );
  return await finishRun(invocation, reporter, started);
}
