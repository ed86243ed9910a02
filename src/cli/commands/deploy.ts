import type { Command } from 'commander';
import { addBuildFlags } from '../build-flags.ts';
import { addDeployFlags, addFollowFlags, addGivenImageFlags, addLoadFlags, type DeployFlags } from '../deploy-flags.ts';
import { driveDeploy } from '../drive-deploy.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';

type Flags = DeployFlags & ReporterFlags;

export function define(command: Command, invocation: Invocation): void {
  const chosen = addDeployFlags(addGivenImageFlags(addBuildFlags(command, 'where to deploy')));
  addReporterFlags(addFollowFlags(addLoadFlags(chosen)), invocation)
    .option('--dry-run', 'show what would be deployed')
    .action(
      invocation.action(
        async (path: string | undefined, flags: Flags) =>
          await driveDeploy(invocation, command, path, flags, { action: 'deploy', build: false }),
      ),
    );
}
