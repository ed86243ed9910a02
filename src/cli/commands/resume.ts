import type { Command } from 'commander';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { addPlannedRunFlags, openPlannedRun, finishRun, type PlannedRunFlags } from '../planned-run.ts';
import { UsageError } from '../usage-error.ts';

export function define(command: Command, invocation: Invocation): void {
  addPlannedRunFlags(command, invocation).action(
    invocation.action(async (reference: string, flags: PlannedRunFlags) => await resume(invocation, reference, flags)),
  );
}

async function resume(invocation: Invocation, reference: string, flags: PlannedRunFlags): Promise<number> {
  const { id, services, reporter, request, interaction } = await openPlannedRun(invocation, reference, flags);
  const resumed = await services.resume(id, request, interaction);
  const { slipway } = invocation;
  const staysAsItIs = `the run is unchanged: ${slipway} resume ${reference}   or   ${slipway} cancel ${reference}`;
  switch (resumed.status) {
    case 'held':
      throw new UsageError(`the run is still owned by ${resumed.by}`, [
        `to follow it: ${slipway} logs ${reference} --follow`,
        `to cancel it: ${slipway} cancel ${reference}`,
      ]);
    case 'finished':
      throw new UsageError('the run has already ended', [`to see how: ${slipway} show ${reference}`]);
    case 'queued':
      throw new UsageError('the run waits in the queue; nothing of it was begun', [
        `to cancel it: ${slipway} cancel ${reference}`,
      ]);
    case 'unavailable':
      await invocation.tell(...resumed.detail.split('\n'), '', staysAsItIs);
      return exitCodes.unavailable;
    case 'refused': {
      const code = await finishRun(invocation, reporter, resumed);
      await invocation.tell(staysAsItIs);
      return code;
    }
    case 'driven':
    case 'cancelled':
      return await finishRun(invocation, reporter, resumed);
  }
}
