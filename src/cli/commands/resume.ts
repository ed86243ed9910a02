import type { Command } from 'commander';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { asksForSecrets } from '../ask-for-secret.ts';
import { driveToEnd } from '../drive.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun } from '../reference/find-run.ts';
import { chooseReporter, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { collect, parseInputs } from '../run-flags.ts';
import { frameStyle } from '../text/diagnostic-style.ts';
import { UsageError } from '../usage-error.ts';

interface ResumeFlags extends ReporterFlags {
  readonly input?: readonly string[];
  readonly keepFailed?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, beginning of an id, or latest')
    .option('-i, --input <name=value>', 'a password that the run began with; name=@file reads a file; may be given again', collect)
    .option('--keep-failed', 'keep the containers of failed steps, for slipway shell')
    .option('-q, --quiet', 'say nothing unless it fails')
    .option('-v, --verbose', 'say what happens around the steps, too')
    .action(invocation.action(async (reference: string, flags: ResumeFlags) => await resume(invocation, reference, flags)));
}

async function resume(invocation: Invocation, reference: string, flags: ResumeFlags): Promise<number> {
  if (flags.quiet === true && flags.verbose === true) throw new UsageError('--quiet and --verbose exclude each other');
  const { id } = await findRun(invocation, reference);
  const services = await invocation.services();
  const inputs = await parseInputs(flags.input ?? [], (file) => invocation.path(file));
  const reporter = await chooseReporter(invocation, flags);
  const resumed = await services.resume(id, { inputs, ...asksForSecrets(invocation, reporter), ...(flags.keepFailed !== undefined && { keepFailed: flags.keepFailed }) });
  switch (resumed.status) {
    case 'driven':
      return await driveToEnd(invocation, resumed.run, reporter);
    case 'held':
      throw new UsageError(`the run is still driven by ${resumed.by}`, [`to watch it: slipway logs ${reference} --follow`, `to end it: slipway cancel ${reference}`]);
    case 'finished':
      throw new UsageError('the run has ended already', [`to see how: slipway show ${reference}`]);
    case 'refused':
      await invocation.host.stderr.write(renderDiagnostics(resumed.diagnostics, frameStyle(invocation.look(invocation.host.stderr), invocation.columns)));
      await invocation.tell(`the run stays as it is: slipway resume ${reference}   or   slipway cancel ${reference}`);
      return exitCodes.usage;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'unavailable':
      await invocation.tell(...resumed.detail.split('\n'), '', `the run stays as it is: slipway resume ${reference}   or   slipway cancel ${reference}`);
      return exitCodes.unavailable;
  }
}
