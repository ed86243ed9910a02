import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { buildRun } from '../build-flags.ts';
import { driveBuild, printRefused } from '../build-run.ts';
import { addDeployFlags, deployRun, type DeployFlags } from '../deploy-flags.ts';
import { deployResults } from '../deploy-results.ts';
import { printDryRun } from '../dry-run.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { parseOn, parsePath, runtimeList } from '../run-flags.ts';
import { addSkaffoldFlags, skaffoldRequest } from '../skaffold-flags.ts';
import { UsageError } from '../usage-error.ts';

type Flags = DeployFlags & ReporterFlags;

export function define(command: Command, invocation: Invocation): void {
  const chosen = addSkaffoldFlags(command.argument('<manifests...>', 'files of rendered manifests')).option(
    '--on <runtimes>',
    `where to deploy: ${runtimeList} (default: SLIPWAY_ON, else as the file says)`,
    parseOn,
  );
  addReporterFlags(addDeployFlags(chosen), invocation)
    .option('--dry-run', 'show what would be deployed')
    .action(invocation.action(async (files: string[], flags: Flags) => await apply(invocation, command, files, flags)));
}

async function apply(
  invocation: Invocation,
  command: Command,
  files: readonly string[],
  flags: Flags,
): Promise<number> {
  const manifests = files.map((file) => invocation.path(parsePath(file)));
  const missing = manifests.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new UsageError(`${missing.join(', ')}: no such file`);
  const services = await invocation.services();
  const read = await skaffoldRequest(invocation, services.configurations, command, undefined, flags);
  const { request, diagnostics, variable } = read;
  if (!request) {
    await printRefused(invocation, diagnostics, deployResults);
    return await refuse(invocation, diagnostics);
  }
  const run = buildRun(invocation, command, flags, { request, variable });
  const decided = { action: 'deploy', build: false, manifests } as const;
  const start = await deployRun(invocation, flags, run, { variable }, decided);
  if (flags.dryRun) return await printDryRun(invocation, start);
  return (await driveBuild(invocation, start, flags, deployResults)).code;
}
