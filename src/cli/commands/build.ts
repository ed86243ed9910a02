import type { Command } from 'commander';
import { skaffoldBuilds, type BuildResult } from '../../events/build-results.ts';
import { visible } from '../../util/visible.ts';
import { addBuildFlags, type BuildFlags } from '../build-flags.ts';
import { checkOutput, writeBuilds } from '../build-output.ts';
import { addRefusals, driveBuild, noMoreResults, withBuildRun } from '../build-run.ts';
import { printDryRun } from '../dry-run.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { parsePath } from '../run-flags.ts';

interface Flags extends BuildFlags, ReporterFlags {
  readonly fileOutput?: string;
  readonly explain?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation);
  const chosen = addBuildFlags(command)
    .option('--file-output <file>', 'write the built images to a file, for `test --build-artifacts`', parsePath)
    .option('--explain', 'print everything that led to the build of each artifact');
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
  return await withBuildRun(invocation, command, path, flags, noMoreResults, async (run, variable) => {
    const output = flags.fileOutput ?? (variable('FILE_OUTPUT') || undefined);
    const file = output === undefined ? undefined : invocation.path(output);
    const start = file === undefined ? run : { ...run, build: { ...run.build, fileOutput: file } };
    if (file !== undefined) await checkOutput(file);
    if (flags.dryRun) return await printDryRun(invocation, start);
    const { code, results } = await driveBuild(invocation, start, flags);
    if (flags.explain && !invocation.json) await invocation.print(explainedLines(results));
    // Images of a failed build are not a set that belongs together, so an earlier file stays.
    if (file !== undefined && code === exitCodes.succeeded) await writeBuilds(file, skaffoldBuilds(results));
    return code;
  });
}

/** Returns why each artifact was built, after an empty line. */
function explainedLines(results: readonly BuildResult[]): readonly string[] {
  const lines = results.flatMap(({ image, cache }) => {
    if (!cache || 'hit' in cache) return [];
    return [`${visible(image)} was built:`, ...(cache.reasons ?? [cache.missed]).map((one) => `  ${visible(one)}`)];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}
