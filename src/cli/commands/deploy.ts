import type { Command } from 'commander';
import { addBuildFlags, buildRun } from '../build-flags.ts';
import { driveBuild, printRefused } from '../build-run.ts';
import { addDeployFlags, addGivenImageFlags, deployRun, type DeployFlags } from '../deploy-flags.ts';
import { deployResults } from '../deploy-results.ts';
import { printDryRun } from '../dry-run.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { skaffoldRequest } from '../skaffold-flags.ts';

type Flags = DeployFlags & ReporterFlags;

export function define(command: Command, invocation: Invocation): void {
  addReporterFlags(addDeployFlags(addGivenImageFlags(addBuildFlags(command, 'where to deploy'))), invocation)
    .option('--dry-run', 'show what would be deployed')
    .action(
      invocation.action(
        async (path: string | undefined, flags: Flags) => await deploy(invocation, command, path, flags),
      ),
    );
}

async function deploy(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: Flags,
): Promise<number> {
  const services = await invocation.services();
  const read = await skaffoldRequest(invocation, services.configurations, command, path, flags);
  const { request, diagnostics, variable } = read;
  if (!request) {
    await printRefused(invocation, diagnostics, deployResults);
    return await refuse(invocation, diagnostics);
  }
  const run = buildRun(invocation, command, flags, { request, variable });
  const start = await deployRun(invocation, flags, run, { variable }, { action: 'deploy', build: false });
  if (flags.dryRun) return await printDryRun(invocation, start);
  return (await driveBuild(invocation, start, flags, deployResults)).code;
}
