import type { Command } from 'commander';
import type { RunId } from '../model/ids.ts';
import type { Interaction } from '../runs/interaction.ts';
import { terminalInteraction } from './terminal-interaction.ts';
import { driveToEnd } from './drive-to-end.ts';
import { exitCodes } from './host.ts';
import type { Invocation } from './invocation.ts';
import { findRun } from './reference/find-run.ts';
import { refuse } from './refuse.ts';
import type { Reporter } from './reporter.ts';
import { addReporterFlags, chooseReporter, type ReporterFlags } from './reporters/choose-reporter.ts';
import { collectInputs, notEmpty, parseInputs } from './run-flags.ts';
import { allChecked } from './usage-error.ts';
import type { Rerun, ResumeRequest, Resumed, RunService, Started } from '../runs/run-service.ts';

/** The flags of `resume` and `rerun`. */
export interface PlannedRunFlags extends ReporterFlags {
  readonly input?: readonly string[];
  readonly keepFailed?: boolean;
}

export function addPlannedRunFlags(command: Command, invocation: Invocation): Command {
  const withRun = command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .option('-i, --input <name=value>', 'a password of the run; name=@file reads a file; repeatable', collectInputs)
    .option('--keep-failed', 'keep the containers of failed steps, for slipway shell');
  return addReporterFlags(withRun, invocation);
}

/** A previously planned run with what is needed to drive it. */
export interface PlannedRun {
  readonly id: RunId;
  readonly services: RunService;
  readonly reporter: Reporter;
  readonly request: ResumeRequest;
  readonly interaction: Interaction;
}

export async function openPlannedRun(
  invocation: Invocation,
  reference: string,
  flags: PlannedRunFlags,
): Promise<PlannedRun> {
  const [{ id }, inputs] = await allChecked([
    findRun(invocation, reference),
    parseInputs(flags.input ?? [], (file) => invocation.path(file)),
  ]);
  const services = await invocation.services();
  const reporter = await chooseReporter(invocation, flags);
  return {
    id,
    services,
    reporter,
    interaction: terminalInteraction(invocation, reporter),
    request: {
      inputs,
      ...(flags.keepFailed !== undefined && { keepFailed: flags.keepFailed }),
    },
  };
}

/** The outcomes of starting, resuming or rerunning a run. */
type Answer = Extract<Started | Resumed | Rerun, { readonly status: 'driven' | 'refused' | 'cancelled' }>;

/** @returns the exit code */
export async function finishRun(invocation: Invocation, reporter: Reporter, answer: Answer): Promise<number> {
  switch (answer.status) {
    case 'driven':
      return await driveToEnd(invocation, answer.run, reporter);
    case 'refused':
      return await refuse(invocation, answer.diagnostics);
    case 'cancelled':
      return exitCodes.cancelled;
  }
}
