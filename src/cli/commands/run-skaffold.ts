import { Option, type Command } from 'commander';
import { addImageFlags, truthOf } from '../build-flags.ts';
import { addDeployFlags, addFollowFlags, addLoadFlags, addPlaceOfDeploy, type DeployFlags } from '../deploy-flags.ts';
import { addRefusals } from '../build-run.ts';
import { deployResults } from '../deploy-results.ts';
import { driveDeploy } from '../drive-deploy.ts';
import type { Invocation } from '../invocation.ts';
import { addParameterFlags } from '../parameter-flags.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';

interface Flags extends DeployFlags, ReporterFlags {
  readonly skipTests?: boolean;
  readonly cleanup?: boolean;
}

/** `run` where the project has a `skaffold.yaml`: builds, tests and deploys once. */
export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, deployResults);
  const chosen = addLoadFlags(addParameterFlags(addDeployFlags(addPlaceOfDeploy(addImageFlags(command)))))
    .option('--skip-tests', 'do not test the images')
    .addOption(new Option('--no-skip-tests').hideHelp())
    .option('--cleanup', 'remove at the end what the run deployed, however it ends')
    .addOption(new Option('--no-cleanup').hideHelp());
  addReporterFlags(addFollowFlags(chosen), invocation)
    .option('--dry-run', 'show what would be built, tested and deployed')
    .action(
      invocation.action(async (path: string | undefined, flags: Flags) => await run(invocation, command, path, flags)),
    );
}

async function run(invocation: Invocation, command: Command, path: string | undefined, flags: Flags): Promise<number> {
  // `SKAFFOLD_CLEANUP` is for `dev`: in Skaffold it has no effect on `run`.
  const decided = { action: 'deploy', build: true, cleanup: flags.cleanup === true } as const;
  return await driveDeploy(invocation, command, path, flags, decided, (start, variable) => {
    const skips = flags.skipTests ?? truthOf('SKAFFOLD_SKIP_TESTS', variable('SKIP_TESTS')) ?? false;
    return skips ? start : { ...start, build: { ...start.build, test: { images: [], optional: true } } };
  });
}
