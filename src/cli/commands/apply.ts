import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { addDeployFlags, addFollowFlags, addPlaceOfDeploy, type DeployFlags } from '../deploy-flags.ts';
import { addRefusals } from '../build-run.ts';
import { deployResults } from '../deploy-results.ts';
import { driveDeploy } from '../drive-deploy.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { parsePath } from '../run-flags.ts';
import { addSkaffoldFlags } from '../skaffold-flags.ts';
import { UsageError } from '../usage-error.ts';

type Flags = DeployFlags & ReporterFlags;

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, deployResults);
  const chosen = addPlaceOfDeploy(addSkaffoldFlags(command.argument('<manifests...>', 'files of rendered manifests')));
  addReporterFlags(addFollowFlags(addDeployFlags(chosen)), invocation)
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
  return await driveDeploy(invocation, command, undefined, flags, { action: 'deploy', build: false, manifests });
}
