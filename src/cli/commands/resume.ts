import type { Command } from 'commander';
import { driveToEnd } from '../drive.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun } from '../reference/find-run.ts';
import { chooseReporter, type ReporterFlags } from '../reporters/choose-reporter.ts';
import { UsageError } from '../usage-error.ts';

interface ResumeFlags extends ReporterFlags {
  readonly keepFailed?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, beginning of an id, or latest')
    .option('--keep-failed', 'keep the containers of failed steps, for slipway shell')
    .option('-q, --quiet', 'say nothing unless it fails')
    .option('-v, --verbose', 'say what happens around the steps, too')
    .action(invocation.action(async (reference: string, flags: ResumeFlags) => await resume(invocation, reference, flags)));
}

async function resume(invocation: Invocation, reference: string, flags: ResumeFlags): Promise<number> {
  if (flags.quiet === true && flags.verbose === true) throw new UsageError('--quiet and --verbose exclude each other');
  const { id } = await findRun(invocation, reference);
  const services = await invocation.services();
  const resumed = await services.resume(id, flags.keepFailed === undefined ? {} : { keepFailed: flags.keepFailed });
  switch (resumed.status) {
    case 'driven':
      return await driveToEnd(invocation, resumed.run, await chooseReporter(invocation, flags));
    case 'held':
      throw new UsageError(`the run is still driven by ${resumed.by}`, [`to watch it: slipway logs ${reference} --follow`, `to end it: slipway cancel ${reference}`]);
    case 'finished':
      throw new UsageError('the run has ended already', [`to see how: slipway show ${reference}`]);
    case 'unavailable':
      await invocation.tell(...resumed.detail.split('\n'), '', `the run stays as it is: slipway resume ${reference}   or   slipway cancel ${reference}`);
      return exitCodes.unavailable;
  }
}
