import type { Command } from 'commander';
import { addRefusals } from '../build-run.ts';
import { addContainerFlags, type ContainerFlags } from '../container-flags.ts';
import { containersDocument } from '../containers-document.ts';
import { driveContainers } from '../drive-containers.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, containersDocument('exec'));
  addReporterFlags(addContainerFlags(command.argument('<action>', 'the name of a custom action')), invocation).action(
    invocation.action(
      async (action: string, path: string | undefined, flags: ContainerFlags & ReporterFlags) =>
        await driveContainers(invocation, command, path, flags, action),
    ),
  );
}
