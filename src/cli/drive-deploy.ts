import type { Command } from 'commander';
import type { BuildRequest } from '../engine/build-request.ts';
import type { StartRequest } from '../runs/run-service.ts';
import { buildRun } from './build-flags.ts';
import { driveBuild, printRefused } from './build-run.ts';
import { deployRun, type Decided, type DeployFlags } from './deploy-flags.ts';
import { deployResults } from './deploy-results.ts';
import { printDryRun } from './dry-run.ts';
import type { Invocation } from './invocation.ts';
import { refuse } from './refuse.ts';
import type { ReporterFlags } from './reporters/choose-reporter.ts';
import { skaffoldRequest, type SkaffoldRequest } from './skaffold-flags.ts';

type BuildStart = StartRequest & { readonly build: BuildRequest };

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
  const services = await invocation.services();
  const read = await skaffoldRequest(invocation, services.configurations, command, path, flags);
  const { request, diagnostics, variable } = read;
  if (!request) {
    await printRefused(invocation, diagnostics, deployResults);
    return await refuse(invocation, diagnostics);
  }
  const run = buildRun(invocation, command, flags, { request, variable });
  const start = complete(await deployRun(invocation, flags, run, { variable }, decided), variable);
  if (flags.dryRun) return await printDryRun(invocation, start);
  return (await driveBuild(invocation, start, flags, deployResults)).code;
}
