import { Option, type Command } from 'commander';
import { addPlaceOfDeploy, type DeployFlags } from '../deploy-flags.ts';
import { addRefusals } from '../build-run.ts';
import { deployResults } from '../deploy-results.ts';
import { driveDeploy } from '../drive-deploy.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { parsePath } from '../run-flags.ts';
import { addSkaffoldFlags } from '../skaffold-flags.ts';
import { parseNamespace } from '../skaffold-values.ts';

type Flags = DeployFlags & ReporterFlags;

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, deployResults);
  const configured = addSkaffoldFlags(command.argument('[path]', 'a skaffold.yaml or its folder', parsePath));
  const chosen = addPlaceOfDeploy(configured, 'where it was deployed')
    .option('-n, --namespace <name>', 'the namespace of the deploy', parseNamespace)
    .addOption(new Option('-d, --default-repo <repository>').hideHelp());
  addReporterFlags(chosen, invocation)
    .option('--dry-run', 'show what would be removed')
    .action(
      invocation.action(
        async (path: string | undefined, flags: Flags) =>
          await driveDeploy(invocation, command, path, flags, { action: 'delete', build: false }),
      ),
    );
}
