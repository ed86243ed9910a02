import type { Command } from 'commander';
import type { BuildRequest } from '../engine/build-request.ts';
import { buildResults, skaffoldBuilds, type BuildResult } from '../events/build-results.ts';
import { applyEvent, emptyRunState, type RunState } from '../events/run-state.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { StartRequest } from '../runs/run-service.ts';
import { buildRun, type BuildFlags } from './build-flags.ts';
import { folding } from './build-output.ts';
import { exitCodes } from './host.ts';
import type { Invocation } from './invocation.ts';
import { finishRun } from './planned-run.ts';
import { refuse } from './refuse.ts';
import type { Reporter } from './reporter.ts';
import { chooseReporter, type chooseRemarksReporter, type ReporterFlags } from './reporters/choose-reporter.ts';
import { skaffoldRequest, type SkaffoldRequest } from './skaffold-flags.ts';
import { terminalInteraction } from './terminal-interaction.ts';

/** Returns further parts of the JSON document of a run. `undefined`: there was no run. */
export type MoreResults = (state: RunState | undefined) => object | Promise<object>;

/**
 * Runs the build of a `skaffold.yaml` to its end. With `--output json` it prints one document at the end: how the run ended, the
 * built images in Skaffold's form, and a result for each artifact.
 * @param choose returns the reporter
 */
export async function driveBuild(
  invocation: Invocation,
  start: StartRequest,
  flags: ReporterFlags,
  more: MoreResults = noMoreResults,
  choose: typeof chooseRemarksReporter = chooseReporter,
): Promise<{ readonly code: number; readonly results: readonly BuildResult[] }> {
  const services = await invocation.services();
  const state = emptyRunState();
  const reporter = folding(
    (event) => applyEvent(state, event),
    invocation.json ? silent(invocation) : await choose(invocation, flags),
  );
  const started = await services.start(start, terminalInteraction(invocation, reporter));
  const code = await finishRun(invocation, reporter, started);
  const results = buildResults(state);
  if (started.status === 'refused') await printRefused(invocation, { diagnostics: started.diagnostics }, more);
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
  await printRefused(invocation, { diagnostics }, more);
  return await refuse(invocation, diagnostics);
}

/** The commands whose document is only that of a build. */
export const noMoreResults: MoreResults = () => ({});

/** Why there is no run. */
interface Refused {
  readonly because?: RunState['because'];
  readonly detail?: string | null;
  readonly diagnostics?: readonly Diagnostic[];
}

/** Programs read the reason where they read results. */
async function printRefused(invocation: Invocation, refused: Refused, more: MoreResults): Promise<void> {
  if (invocation.json) await invocation.printJson(await refusedDocument(refused, more));
}

async function refusedDocument(
  { because = 'configuration', detail = null, diagnostics = [] }: Refused,
  more: MoreResults,
): Promise<object> {
  const run = { run: null, status: 'failed', because, detail, diagnostics };
  return { ...run, ...skaffoldBuilds([]), results: [], ...(await more(undefined)) };
}

/** With `--output json`, prints the document of a command also if its command line is wrong, or if there is no state folder. */
export function addRefusals(command: Command, invocation: Invocation, more: MoreResults = noMoreResults): Command {
  invocation.onRefusal(command, async (exitCode, detail) => {
    const because = exitCode === exitCodes.usage ? 'configuration' : 'store';
    return await refusedDocument({ because, detail }, more);
  });
  return command;
}

/** The result is one JSON document at the end, so nothing is shown before. */
function silent({ host }: Invocation): Reporter {
  return { event: () => undefined, notice: async (text) => await host.stderr.write(`${text}\n`), end: () => undefined };
}
