import type { Command } from 'commander';
import { addImageFlags } from '../build-flags.ts';
import {
  addDeployFlags,
  addFollowFlags,
  addGivenImageFlags,
  addLoadFlags,
  addPlaceOfDeploy,
  type DeployFlags,
} from '../deploy-flags.ts';
import { addRefusals } from '../build-run.ts';
import { deployResults } from '../deploy-results.ts';
import { driveDeploy } from '../drive-deploy.ts';
import type { Invocation } from '../invocation.ts';
import { addParameterFlags } from '../parameter-flags.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';

type Flags = DeployFlags & ReporterFlags;

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, deployResults);
  addReporterFlags(
    addFollowFlags(
      addLoadFlags(addParameterFlags(addDeployFlags(addGivenImageFlags(addPlaceOfDeploy(addImageFlags(command)))))),
    ),
    invocation,
  )
    .option('--dry-run', 'show what would be deployed')
    .action(
      invocation.action(
        async (path: string | undefined, flags: Flags) =>
          await driveDeploy(invocation, command, path, flags, { action: 'deploy', build: false }),
      ),
    );
}
