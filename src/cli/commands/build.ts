import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { buildResults, skaffoldBuilds, type BuildResult } from '../../events/build-results.ts';
import type { StoredEvent } from '../../events/event.ts';
import { applyEvent, emptyRunState } from '../../events/run-state.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { reasonOf, toFileError } from '../../util/file-error.ts';
import { quoted, visible } from '../../util/visible.ts';
import { printDryRun } from '../dry-run.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { finishRun } from '../planned-run.ts';
import { refuse } from '../refuse.ts';
import type { Reporter } from '../reporter.ts';
import { addReporterFlags, chooseReporter, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { addBuildFlags, buildStart, type BuildFlags } from '../build-flags.ts';
import { parsePath } from '../run-flags.ts';
import { terminalInteraction } from '../terminal-interaction.ts';
import { UsageError } from '../usage-error.ts';

interface BuildCommandFlags extends BuildFlags, ReporterFlags {
  readonly fileOutput?: string;
  readonly explain?: boolean;
  readonly dryRun?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  const chosen = addBuildFlags(command)
    .option('--file-output <file>', 'write the built images to a file, for `deploy --build-artifacts`', parsePath)
    .option('--explain', 'print everything that led to the build of each artifact');
  addReporterFlags(chosen, invocation)
    .option('-n, --dry-run', 'show what would be built')
    .action(
      invocation.action(
        async (path: string | undefined, flags: BuildCommandFlags) => await build(invocation, command, path, flags),
      ),
    );
}

async function build(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: BuildCommandFlags,
): Promise<number> {
  const services = await invocation.services();
  const { start, diagnostics, variable } = await buildStart(invocation, command, path, flags);
  if (!start) {
    await printRefused(invocation, diagnostics);
    return await refuse(invocation, diagnostics);
  }
  const output = flags.fileOutput ?? (variable('FILE_OUTPUT') || undefined);
  const file = output === undefined ? undefined : invocation.path(output);
  if (file !== undefined) await checkOutput(file);
  if (flags.dryRun) return await printDryRun(invocation, start);
  const state = emptyRunState();
  const reporter = folding(
    (event) => applyEvent(state, event),
    invocation.json ? silent(invocation) : await chooseReporter(invocation, flags),
  );
  const started = await services.start(start, terminalInteraction(invocation, reporter));
  const code = await finishRun(invocation, reporter, started);
  const results = buildResults(state);
  if (started.status === 'refused') await printRefused(invocation, started.diagnostics);
  if (invocation.json && started.status === 'driven') {
    const { status, because = null, detail = null, diagnostics } = state;
    const run = { run: started.run.id, status, because, detail, diagnostics };
    await invocation.printJson({ ...run, ...skaffoldBuilds(results), results });
  }
  if (flags.explain && !invocation.json) await invocation.print(explainedLines(results));
  // Images of a failed build are not a set that belongs together, so an earlier file stays.
  if (file !== undefined && code === exitCodes.succeeded) await writeResults(file, skaffoldBuilds(results));
  return code;
}

/** Returns why each artifact was built, after an empty line. */
function explainedLines(results: readonly BuildResult[]): readonly string[] {
  const lines = results.flatMap(({ image, cache }) => {
    if (!cache || 'hit' in cache) return [];
    return [`${visible(image)} was built:`, ...(cache.reasons ?? [cache.missed]).map((one) => `  ${visible(one)}`)];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Programs read the reason where they read results. */
async function printRefused(invocation: Invocation, diagnostics: readonly Diagnostic[]): Promise<void> {
  if (!invocation.json) return;
  const run = { run: null, status: 'failed', because: 'configuration', detail: null, diagnostics };
  await invocation.printJson({ ...run, ...skaffoldBuilds([]), results: [] });
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

/** Returns a reporter that also hands each event to a fold. */
function folding(apply: (event: StoredEvent) => void, inner: Reporter): Reporter {
  return {
    async event(event) {
      apply(event);
      await inner.event(event);
    },
    notice: async (text) => await inner.notice(text),
    ...(inner.watch && { watch: inner.watch.bind(inner) }),
    ...(inner.hold && { hold: inner.hold.bind(inner) }),
    end: async () => await inner.end(),
  };
}

/** The result is one JSON document at the end, so nothing is shown before. */
function silent({ host }: Invocation): Reporter {
  return { event: () => undefined, notice: async (text) => await host.stderr.write(`${text}\n`), end: () => undefined };
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
