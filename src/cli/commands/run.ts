import { Option, type Command } from 'commander';
import { addReporterFlags, chooseReporter, refuseBoth, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { terminalInteraction } from '../terminal-interaction.ts';
import { printDryRun } from '../dry-run.ts';
import type { Invocation } from '../invocation.ts';
import { addPipelineFlags, pipelineRequest, type PipelineFlags } from '../pipeline-flags.ts';
import { parseRoot } from '../root-flag.ts';
import { collect, parseCount, parseRuntimes, runtimeList } from '../run-flags.ts';
import { finishRun } from '../planned-run.ts';
import type { PipelineRequest } from '../../engine/front-end.ts';

interface RunFlags extends PipelineFlags, ReporterFlags {
  readonly stage?: readonly string[];
  readonly step?: readonly string[];
  readonly on?: string;
  readonly jobs?: number;
  readonly pull: 'missing' | 'always' | 'never';
  readonly keepFailed?: boolean;
  readonly gitignore: boolean;
  readonly root?: string;
  readonly kubeContext?: string;
  readonly dryRun?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  const chosen = addPipelineFlags(command.argument('[path]', 'a .wharf-ci.yml or its folder', undefined))
    .option('-s, --stage <name>', 'only this stage; repeatable', collect)
    .option('--step <name>', 'only this step; repeatable', collect)
    .option(
      '--on <runtimes>',
      `${runtimeList}, kubernetes:NAME for a cluster of the operator's file, or several by preference: docker,host (default: SLIPWAY_ON, else docker)`,
    )
    .option('--jobs <n>', 'run at most this many steps at once (default: all of a stage)', parseCount)
    .addOption(new Option('--pull <when>', 'images').choices(['missing', 'always', 'never']).default('missing'))
    .option('--keep-failed', 'keep the containers of failed steps, for slipway shell')
    .option('--no-gitignore', 'include files that Git ignores')
    .option('--root <dir>', 'use this folder above the configuration as the workspace')
    .option(
      '--kube-context <name>',
      'the context of your kubeconfig for --on kubernetes and for deploy steps without a cluster',
    );
  addReporterFlags(chosen)
    .option('-n, --dry-run', 'show what would run')
    .action(invocation.action(async (path: string | undefined, flags: RunFlags) => await run(invocation, path, flags)));
}

async function run(invocation: Invocation, path: string | undefined, flags: RunFlags): Promise<number> {
  refuseBoth(flags);
  const { host } = invocation;
  const on =
    flags.on === undefined
      ? parseRuntimes(host.env.SLIPWAY_ON || 'docker', 'SLIPWAY_ON')
      : parseRuntimes(flags.on, '--on');
  const pipeline = await pipelineRequest(invocation, path, flags);
  const request: PipelineRequest = {
    ...pipeline,
    on,
    stages: flags.stage ?? [],
    steps: flags.step ?? [],
    ...(flags.root === undefined ? {} : { root: await parseRoot(invocation, flags.root, pipeline.path) }),
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
