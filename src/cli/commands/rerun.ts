import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { parseOn, runtimeList } from '../run-flags.ts';
import { addPlannedRunFlags, openPlannedRun, finishRun, type PlannedRunFlags } from '../planned-run.ts';
import { UsageError } from '../usage-error.ts';

interface RerunFlags extends PlannedRunFlags {
  readonly on?: readonly string[];
}

export function define(command: Command, invocation: Invocation): void {
  addPlannedRunFlags(command, invocation)
    .option('--on <runtimes>', `${runtimeList}, or several by preference (default: the run's own)`, parseOn)
    .action(
      invocation.action(async (reference: string, flags: RerunFlags) => await rerun(invocation, reference, flags)),
    );
}

async function rerun(invocation: Invocation, reference: string, flags: RerunFlags): Promise<number> {
  const { on } = flags;
  const { id, services, reporter, request, interaction } = await openPlannedRun(invocation, reference, flags);
  const answer = await services.rerun(id, { ...request, ...(on !== undefined && { on }) }, interaction);
  if (answer.status === 'impossible') throw new UsageError(answer.detail);
  return await finishRun(invocation, reporter, answer);
}
