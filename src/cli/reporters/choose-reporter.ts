import type { Command } from 'commander';
import type { Screen } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import type { Reporter } from '../reporter.ts';
import { UsageError } from '../usage-error.ts';

export interface ReporterFlags {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Adds the flags of commands that show a running run. */
export function addReporterFlags(command: Command, invocation: Invocation): Command {
  invocation.check(command, bothMistake);
  return command
    .option('-q, --quiet', 'print nothing unless the run fails')
    .option('-v, --verbose', 'also print what happens around the steps');
}

/** Returns the mistake of contradictory flags. */
export function bothMistake({ quiet, verbose }: ReporterFlags): readonly UsageError[] {
  return quiet === true && verbose === true ? [new UsageError('--quiet and --verbose cannot be combined')] : [];
}

/** A smaller window has no room for a live area below the scrolling lines. */
const fewestRows = 8;
const fewestColumns = 30;

/**
 * Returns the reporter of a command whose result is the output of the run: it has stdout for itself. Remarks and errors go to stderr.
 * Without flags these are warnings and the summary of a failure.
 */
export async function chooseRemarksReporter(invocation: Invocation, flags: ReporterFlags): Promise<Reporter> {
  const { stderr, cwd } = invocation.host;
  if (flags.quiet === true || flags.verbose === true) return await chooseReporter(invocation, flags, stderr);
  const { WarningReporter } = await import('./warning-reporter.ts');
  return new WarningReporter(stderr, invocation.look(stderr), cwd);
}

/** Loads and returns the reporter for this screen and these flags. */
export async function chooseReporter(
  invocation: Invocation,
  flags: ReporterFlags,
  screen: Screen = invocation.host.stdout,
): Promise<Reporter> {
  const { host } = invocation;
  const look = invocation.look(screen);
  if (invocation.json) {
    const { JsonReporter } = await import('./json-reporter.ts');
    return new JsonReporter(screen, host.stderr);
  }
  if (flags.quiet === true) {
    const { QuietReporter } = await import('./quiet-reporter.ts');
    return new QuietReporter(screen, look, host.cwd);
  }
  if (screen.isTerminal && host.env.TERM !== 'dumb' && screen.rows >= fewestRows && screen.columns >= fewestColumns) {
    const { LiveReporter } = await import('./live-reporter.ts');
    return new LiveReporter(screen, { look, clock: host.clock, here: host.cwd, verbose: flags.verbose === true });
  }
  const [{ PlainReporter }, services] = await Promise.all([import('./plain-reporter.ts'), invocation.services()]);
  return new PlainReporter(screen, {
    look,
    clock: host.clock,
    here: host.cwd,
    verbose: flags.verbose === true,
    stepTextOf: (state, step) => services.stepTextOf(state, step),
  });
}
