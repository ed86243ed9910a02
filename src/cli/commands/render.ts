import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { RunState } from '../../events/run-state.ts';
import { secretFolder } from '../../util/secret-folders.ts';
import { addBuildFlags } from '../build-flags.ts';
import { checkOutput } from '../build-output.ts';
import { addRefusals, driveBuild, withBuildRun, type MoreResults } from '../build-run.ts';
import { addGivenImageFlags, addManifestFlags, deployRun, digestSources, type ManifestFlags } from '../deploy-flags.ts';
import { addParameterFlags } from '../parameter-flags.ts';
import { renderResult } from '../deploy-results.ts';
import { printDryRun } from '../dry-run.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { addReporterFlags, chooseRemarksReporter, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { parsePath } from '../run-flags.ts';

interface Flags extends ManifestFlags, ReporterFlags {
  readonly renderOutput?: string;
}

const noManifests: MoreResults = (state) => ({ ...renderResult(state), manifests: [] });

export function define(command: Command, invocation: Invocation): void {
  addRefusals(command, invocation, noManifests);
  const chosen = addParameterFlags(addManifestFlags(addGivenImageFlags(addBuildFlags(command))))
    .addOption(
      new Option('--digest-source <source>', 'where the digests of images come from').choices([...digestSources]),
    )
    .option('-o, --render-output <file>', 'write the manifests to a file; --output FILE does the same', parsePath)
    .addOption(new Option('--offline').hideHelp());
  addReporterFlags(chosen, invocation)
    .option('--dry-run', 'show what would be rendered')
    .action(
      invocation.action(
        async (path: string | undefined, flags: Flags) => await render(invocation, command, path, flags),
      ),
    );
}

async function render(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: Flags,
): Promise<number> {
  return await withBuildRun(invocation, command, path, flags, noManifests, async (run, variable) => {
    const wanted = flags.renderOutput ?? variable('OUTPUT');
    const file = wanted === undefined ? undefined : invocation.path(wanted);
    if (file !== undefined) await checkOutput(file, '--output');
    const start = async (output: string, format: 'yaml' | 'json') =>
      await deployRun(
        invocation,
        flags,
        run,
        { variable },
        { action: 'render', build: flags.digestSource === 'local', output, format },
      );
    if (flags.dryRun) return await printDryRun(invocation, await start(file ?? '/dev/stdout', 'yaml'));
    if (file !== undefined) return (await driveBuild(invocation, await start(file, 'yaml'), flags)).code;
    // The manifests may have secrets, so they are not in the log.
    await using folder = await secretFolder();
    const output = join(folder.path, 'manifests');
    const request = await start(output, invocation.json ? 'json' : 'yaml');
    const manifests = async () => await readFile(output, 'utf8').catch(() => undefined);
    const results = async (state: RunState | undefined) => ({
      ...renderResult(state),
      manifests: JSON.parse((await manifests()) ?? '[]') as unknown,
    });
    const { code } = await driveBuild(invocation, request, flags, results, chooseRemarksReporter);
    if (code === exitCodes.succeeded && !invocation.json) await invocation.host.stdout.write((await manifests()) ?? '');
    return code;
  });
}
