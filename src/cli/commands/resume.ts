import type { Command } from 'commander';
import { buildResults, skaffoldBuilds } from '../../events/build-results.ts';
import { applyEvent, emptyRunState } from '../../events/run-state.ts';
import { folding, writeBuilds } from '../build-output.ts';
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
  const opened = await openPlannedRun(invocation, reference, flags);
  const { id, services, request, interaction } = opened;
  const state = emptyRunState();
  const reporter = folding((event) => applyEvent(state, event), opened.reporter);
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
    case 'cancelled': {
      const code = await finishRun(invocation, reporter, resumed);
      const file = state.settings?.fileOutput;
      if (file !== undefined && code === exitCodes.succeeded)
        await writeBuilds(file, skaffoldBuilds(buildResults(state)));
      return code;
    }
  }
}
