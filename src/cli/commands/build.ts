import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { skaffoldBuilds } from '../../events/build-results.ts';
import { reasonOf, toFileError } from '../../util/file-error.ts';
import { quoted } from '../../util/visible.ts';
import { addBuildFlags, buildRun, type BuildFlags } from '../build-flags.ts';
import { driveBuild, printRefused } from '../build-run.ts';
import { printDryRun } from '../dry-run.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { parsePath } from '../run-flags.ts';
import { skaffoldRequest } from '../skaffold-flags.ts';
import { UsageError } from '../usage-error.ts';

interface Flags extends BuildFlags, ReporterFlags {
  readonly fileOutput?: string;
}

export function define(command: Command, invocation: Invocation): void {
  const chosen = addBuildFlags(command).option(
    '--file-output <file>',
    'write the built images to a file, for `test` and `deploy --build-artifacts`',
    parsePath,
  );
  addReporterFlags(chosen, invocation)
    .option('-n, --dry-run', 'show what would be built')
    .action(
      invocation.action(
        async (path: string | undefined, flags: Flags) => await build(invocation, command, path, flags),
      ),
    );
}

async function build(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: Flags,
): Promise<number> {
  const services = await invocation.services();
  const read = await skaffoldRequest(invocation, services.configurations, command, path, flags);
  const { request, diagnostics, variable } = read;
  if (!request) {
    await printRefused(invocation, diagnostics);
    return await refuse(invocation, diagnostics);
  }
  const start = buildRun(invocation, command, flags, { request, variable });
  const output = flags.fileOutput ?? (variable('FILE_OUTPUT') || undefined);
  const file = output === undefined ? undefined : invocation.path(output);
  if (file !== undefined) await checkOutput(file);
  if (flags.dryRun) return await printDryRun(invocation, start);
  const { code, results } = await driveBuild(invocation, start, flags);
  // Images of a failed build are not a set that belongs together, so an earlier file stays.
  if (file !== undefined && code === exitCodes.succeeded) await writeResults(file, skaffoldBuilds(results));
  return code;
}

/** Reports a file that cannot be written before anything is built. */
async function checkOutput(path: string): Promise<void> {
  const help = ['choose another file with --file-output'];
  const reason = async (of: string) => await stat(of).then(undefined, (error: Error) => error);
  const [folder, file] = [await reason(dirname(path)), await reason(path)];
  if (folder instanceof Error) throw new UsageError(`cannot write ${quoted(path)}: ${reasonOf(folder)}`, help);
  if (!folder.isDirectory()) throw new UsageError(`cannot write ${quoted(path)}: its folder is a file`, help);
  if (!(file instanceof Error) && file.isDirectory())
    throw new UsageError(`cannot write ${quoted(path)}: it is a folder`, help);
}

async function writeResults(path: string, builds: ReturnType<typeof skaffoldBuilds>): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(builds)}\n`);
  } catch (error) {
    const refused = toFileError(error);
    if (refused === undefined) throw error;
    throw new UsageError(refused.message, ['choose another file with --file-output']);
  }
}
