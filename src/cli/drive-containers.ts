import type { Command } from 'commander';
import { driveBuild, withBuildRun } from './build-run.ts';
import { containerRun, type ContainerFlags } from './container-flags.ts';
import { containersDocument } from './containers-document.ts';
import { printDryRun } from './dry-run.ts';
import type { Invocation } from './invocation.ts';
import type { ReporterFlags } from './reporters/choose-reporter.ts';

/**
 * Runs the verifications of a `skaffold.yaml`, or one of its custom actions, or shows them with `--dry-run`.
 * @param action absent: the verifications
 * @returns the exit code
 */
export async function driveContainers(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: ContainerFlags & ReporterFlags,
  action?: string,
): Promise<number> {
  const results = containersDocument(action === undefined ? 'verify' : 'exec');
  return await withBuildRun(invocation, command, path, flags, results, async (run, variable) => {
    const start = await containerRun(invocation, flags, run, { variable }, action);
    if (flags.dryRun) return await printDryRun(invocation, start);
    return (await driveBuild(invocation, start, flags, results)).code;
  });
}
