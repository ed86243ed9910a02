import type { Command } from 'commander';
import type { BuildRequest } from '../engine/build-request.ts';
import { buildResults, skaffoldBuilds, type BuildResult } from '../events/build-results.ts';
import { applyEvent, emptyRunState, type RunState } from '../events/run-state.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { StartRequest } from '../runs/run-service.ts';
import { buildRun, type BuildFlags } from './build-flags.ts';
import { folding } from './build-output.ts';
import type { Invocation } from './invocation.ts';
import { finishRun } from './planned-run.ts';
import { refuse } from './refuse.ts';
import type { Reporter } from './reporter.ts';
import { chooseReporter, type ReporterFlags } from './reporters/choose-reporter.ts';
import { skaffoldRequest, type SkaffoldRequest } from './skaffold-flags.ts';
import { terminalInteraction } from './terminal-interaction.ts';

/** Returns further parts of the JSON document of a run. `undefined`: there was no run. */
export type MoreResults = (state: RunState | undefined) => object | Promise<object>;

/**
 * Runs the build of a `skaffold.yaml` to its end. With `--output json` it prints one document at the end: how the run ended, the
 * built images in Skaffold's form, and a result for each artifact.
 */
export async function driveBuild(
  invocation: Invocation,
  start: StartRequest,
  flags: ReporterFlags,
  more: MoreResults = noMoreResults,
): Promise<{ readonly code: number; readonly results: readonly BuildResult[] }> {
  const services = await invocation.services();
  const state = emptyRunState();
  const reporter = folding(
    (event) => applyEvent(state, event),
    invocation.json ? silent(invocation) : await chooseReporter(invocation, flags),
  );
  const started = await services.start(start, terminalInteraction(invocation, reporter));
  const code = await finishRun(invocation, reporter, started);
  const results = buildResults(state);
  if (started.status === 'refused') await printRefused(invocation, started.diagnostics, more);
  if (invocation.json && started.status === 'driven') {
    const { status, because = null, detail = null, diagnostics } = state;
    const run = { run: started.run.id, status, because, detail, diagnostics };
    await invocation.printJson({ ...run, ...skaffoldBuilds(results), results, ...(await more(state)) });
  }
  return { code, results };
}

/** A run of a `skaffold.yaml`, as the flags of builds ask for it. */
export type BuildStart = StartRequest & { readonly build: BuildRequest };

/**
 * Reads what the flags ask for, and acts on it. If the command line is refused, prints why.
 * @param more further parts of the JSON document
 * @returns the exit code
 */
export async function withBuildRun(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: BuildFlags,
  more: MoreResults,
  act: (run: BuildStart, variable: SkaffoldRequest['variable']) => Promise<number>,
): Promise<number> {
  const { configurations } = await invocation.services();
  const { request, diagnostics, variable } = await skaffoldRequest(invocation, configurations, command, path, flags);
  if (request) return await act(buildRun(invocation, command, flags, { request, variable }), variable);
  await printRefused(invocation, diagnostics, more);
  return await refuse(invocation, diagnostics);
}

/** The commands whose document is only that of a build. */
export const noMoreResults: MoreResults = () => ({});

/** Programs read the reason where they read results. */
async function printRefused(
  invocation: Invocation,
  diagnostics: readonly Diagnostic[],
  more: MoreResults = noMoreResults,
): Promise<void> {
  if (!invocation.json) return;
  const run = { run: null, status: 'failed', because: 'configuration', detail: null, diagnostics };
  await invocation.printJson({ ...run, ...skaffoldBuilds([]), results: [], ...(await more(undefined)) });
}

/** The result is one JSON document at the end, so nothing is shown before. */
function silent({ host }: Invocation): Reporter {
  return { event: () => undefined, notice: async (text) => await host.stderr.write(`${text}\n`), end: () => undefined };
}
