import type { Command } from 'commander';
import type { GivenImage } from '../../model/given-image.ts';
import { testResults } from '../../events/test-results.ts';
import { addBuildFlags, type BuildFlags } from '../build-flags.ts';
import { addRefusals, driveBuild, withBuildRun, type MoreResults } from '../build-run.ts';
import { printDryRun } from '../dry-run.ts';
import { collectImages, imagesIn, readBuildArtifacts } from '../given-images.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { parsePath } from '../run-flags.ts';

interface Flags extends BuildFlags, ReporterFlags {
  readonly buildArtifacts?: string;
  readonly images?: readonly GivenImage[];
}

const results: MoreResults = (state) => ({ tests: state === undefined ? [] : testResults(state) });

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, results);
  const chosen = addBuildFlags(command)
    .option('-a, --build-artifacts <file>', 'test the images of `build --file-output`; build nothing', parsePath)
    .option('-i, --images <image>', 'test NAME=REFERENCE or REFERENCE; build nothing; repeatable', collectImages);
  addReporterFlags(chosen, invocation)
    .option('-n, --dry-run', 'show what would be built and tested')
    .action(
      invocation.action(async (path: string | undefined, flags: Flags) => await test(invocation, command, path, flags)),
    );
}

async function test(invocation: Invocation, command: Command, path: string | undefined, flags: Flags): Promise<number> {
  return await withBuildRun(invocation, command, path, flags, results, async (run, variable) => {
    const file = flags.buildArtifacts ?? variable('BUILD_ARTIFACTS');
    const built = file === undefined ? [] : await readBuildArtifacts(invocation.path(file));
    const given = flags.images ?? imagesIn(variable('IMAGES') ?? '');
    const start = { ...run, build: { ...run.build, test: { images: [...built, ...given] } } };
    if (flags.dryRun) return await printDryRun(invocation, start);
    return (await driveBuild(invocation, start, flags, results)).code;
  });
}
