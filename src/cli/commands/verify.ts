import type { Command } from 'commander';
import { addRefusals } from '../build-run.ts';
import { addContainerFlags, type ContainerFlags } from '../container-flags.ts';
import { containersDocument } from '../containers-document.ts';
import { driveContainers } from '../drive-containers.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, containersDocument('verify'));
  addReporterFlags(addContainerFlags(command), invocation).action(
    invocation.action(
      async (path: string | undefined, flags: ContainerFlags & ReporterFlags) =>
        await driveContainers(invocation, command, path, flags),
    ),
  );
}
