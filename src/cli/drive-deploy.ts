import type { Command } from 'commander';
import { driveBuild, withBuildRun, type BuildStart } from './build-run.ts';
import { deployRun, type Decided, type DeployFlags } from './deploy-flags.ts';
import { deployResults } from './deploy-results.ts';
import { printDryRun } from './dry-run.ts';
import type { Invocation } from './invocation.ts';
import type { ReporterFlags } from './reporters/choose-reporter.ts';
import type { SkaffoldRequest } from './skaffold-flags.ts';

/**
 * Runs what a command of deploys asks for, or shows it with `--dry-run`.
 * @param decided what the command decides
 * @param complete adds to the run what only one command has
 * @returns the exit code
 */
export async function driveDeploy(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: DeployFlags & ReporterFlags,
  decided: Decided,
  complete: (start: BuildStart, variable: SkaffoldRequest['variable']) => BuildStart = (start) => start,
): Promise<number> {
  return await withBuildRun(invocation, command, path, flags, deployResults, async (run, variable) => {
    const start = complete(await deployRun(invocation, flags, run, { variable }, decided), variable);
    if (flags.dryRun) return await printDryRun(invocation, start);
    return (await driveBuild(invocation, start, flags, deployResults)).code;
  });
}
