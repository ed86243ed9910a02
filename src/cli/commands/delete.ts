import { Option, type Command } from 'commander';
import { buildRun } from '../build-flags.ts';
import { driveBuild, printRefused } from '../build-run.ts';
import { deployRun, type DeployFlags } from '../deploy-flags.ts';
import { deployResults } from '../deploy-results.ts';
import { printDryRun } from '../dry-run.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { notEmpty, parseOn, parsePath, runtimeList } from '../run-flags.ts';
import { addSkaffoldFlags, skaffoldRequest } from '../skaffold-flags.ts';

type Flags = DeployFlags & ReporterFlags;

export function define(command: Command, invocation: Invocation): void {
  const chosen = addSkaffoldFlags(command.argument('[path]', 'a skaffold.yaml or its folder', parsePath))
    .option('-n, --namespace <name>', 'the namespace of the deploy', notEmpty('--namespace'))
    .option('--on <runtimes>', `where it was deployed: ${runtimeList} (default: as the file says)`, parseOn)
    .addOption(new Option('-d, --default-repo <repository>').hideHelp());
  addReporterFlags(chosen, invocation)
    .option('--dry-run', 'show what would be removed')
    .action(
      invocation.action(
        async (path: string | undefined, flags: Flags) => await remove(invocation, command, path, flags),
      ),
    );
}

async function remove(
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
  const start = await deployRun(invocation, flags, run, { variable }, { action: 'delete', build: false });
  if (flags.dryRun) return await printDryRun(invocation, start);
  return (await driveBuild(invocation, start, flags, deployResults)).code;
}
