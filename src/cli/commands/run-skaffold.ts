import { Option, type Command } from 'commander';
import { addBuildFlags, buildRun, truthOf } from '../build-flags.ts';
import { driveBuild, printRefused } from '../build-run.ts';
import { addDeployFlags, deployRun, type DeployFlags } from '../deploy-flags.ts';
import { deployResults } from '../deploy-results.ts';
import { printDryRun } from '../dry-run.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { skaffoldRequest } from '../skaffold-flags.ts';

interface Flags extends DeployFlags, ReporterFlags {
  readonly skipTests?: boolean;
}

/** `run` where the project has a `skaffold.yaml`: builds, tests and deploys once. */
export function define(command: Command, invocation: Invocation): void {
  const chosen = addDeployFlags(addBuildFlags(command, 'where to deploy'))
    .option('--skip-tests', 'do not test the images')
    .addOption(new Option('--no-skip-tests').hideHelp());
  addReporterFlags(chosen, invocation)
    .option('--dry-run', 'show what would be built, tested and deployed')
    .action(
      invocation.action(async (path: string | undefined, flags: Flags) => await run(invocation, command, path, flags)),
    );
}

async function run(invocation: Invocation, command: Command, path: string | undefined, flags: Flags): Promise<number> {
  const services = await invocation.services();
  const read = await skaffoldRequest(invocation, services.configurations, command, path, flags);
  const { request, diagnostics, variable } = read;
  if (!request) {
    await printRefused(invocation, diagnostics, deployResults);
    return await refuse(invocation, diagnostics);
  }
  const build = buildRun(invocation, command, flags, { request, variable });
  const deploy = await deployRun(invocation, flags, build, { variable }, { action: 'deploy', build: true });
  const skips = flags.skipTests ?? truthOf('SKAFFOLD_SKIP_TESTS', variable('SKIP_TESTS')) ?? false;
  const start = skips
    ? deploy
    : { ...deploy, build: { ...deploy.build, test: { images: [], optional: true as const } } };
  if (flags.dryRun) return await printDryRun(invocation, start);
  return (await driveBuild(invocation, start, flags, deployResults)).code;
}
