import type { Command } from 'commander';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { asksForSecrets } from '../ask-for-secret.ts';
import { driveToEnd } from '../drive.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun } from '../reference/find-run.ts';
import { chooseReporter, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { collect, parseInputs, parseRuntimes, runtimeList } from '../run-flags.ts';
import { frameStyle } from '../text/diagnostic-style.ts';
import { UsageError } from '../usage-error.ts';

interface RerunFlags extends ReporterFlags {
  readonly input?: readonly string[];
  readonly on?: string;
  readonly keepFailed?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, beginning of an id, or latest')
    .option('-i, --input <name=value>', 'a password that the run began with; name=@file reads a file; may be given again', collect)
    .option('--on <runtimes>', `${runtimeList}, or several by preference (default: where it ran)`)
    .option('--keep-failed', 'keep the containers of failed steps, for slipway shell')
    .option('-q, --quiet', 'say nothing unless it fails')
    .option('-v, --verbose', 'say what happens around the steps, too')
    .action(invocation.action(async (reference: string, flags: RerunFlags) => await rerun(invocation, reference, flags)));
}

async function rerun(invocation: Invocation, reference: string, flags: RerunFlags): Promise<number> {
  if (flags.quiet === true && flags.verbose === true) throw new UsageError('--quiet and --verbose exclude each other');
  const on = flags.on === undefined ? undefined : parseRuntimes(flags.on, '--on');
  const { id } = await findRun(invocation, reference);
  const services = await invocation.services();
  const inputs = await parseInputs(flags.input ?? [], (file) => invocation.path(file));
  const reporter = await chooseReporter(invocation, flags);
  const again = await services.rerun(id, {
    inputs,
    ...asksForSecrets(invocation, reporter),
    ...(on !== undefined && { on }),
    ...(flags.keepFailed !== undefined && { keepFailed: flags.keepFailed }),
  });
  switch (again.status) {
    case 'driven':
      return await driveToEnd(invocation, again.run, reporter);
    case 'impossible':
      throw new UsageError(again.detail);
    case 'refused':
      await invocation.host.stderr.write(renderDiagnostics(again.diagnostics, frameStyle(invocation.look(invocation.host.stderr), invocation.columns)));
      return exitCodes.usage;
    case 'cancelled':
      return exitCodes.cancelled;
  }
}
