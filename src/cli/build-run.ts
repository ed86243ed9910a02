import { buildResults, skaffoldBuilds, type BuildResult } from '../events/build-results.ts';
import { applyEvent, emptyRunState, type RunState } from '../events/run-state.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { StartRequest } from '../runs/run-service.ts';
import { folding } from './build-output.ts';
import type { Invocation } from './invocation.ts';
import { finishRun } from './planned-run.ts';
import type { Reporter } from './reporter.ts';
import { chooseReporter, type ReporterFlags } from './reporters/choose-reporter.ts';
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
  more: MoreResults = () => ({}),
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

/** Programs read the reason where they read results. */
export async function printRefused(
  invocation: Invocation,
  diagnostics: readonly Diagnostic[],
  more: MoreResults = () => ({}),
): Promise<void> {
  if (!invocation.json) return;
  const run = { run: null, status: 'failed', because: 'configuration', detail: null, diagnostics };
  await invocation.printJson({ ...run, ...skaffoldBuilds([]), results: [], ...(await more(undefined)) });
}

/** The result is one JSON document at the end, so nothing is shown before. */
function silent({ host }: Invocation): Reporter {
  return { event: () => undefined, notice: async (text) => await host.stderr.write(`${text}\n`), end: () => undefined };
}
