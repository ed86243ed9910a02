import type { StepSpec } from '../../model/plan.ts';
import { commandLifetime, type CommandRecords } from '../../runtime/command-records.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { PlannedStepOf, StepResult, StepRunner, StepWork } from '../../steps/step-runner.ts';
import { workloadLabels, workloadName } from '../../steps/workload/make-workload-spec.ts';

/**
 * Records the commands that a step runs on this machine, so that they are found after a crash of Slipway. Opens the records with the
 * first command, because most artifacts need none.
 */
export function recordedCommands<Spec extends StepSpec>(
  { identity, commands }: Pick<StepContext, 'identity' | 'commands'>,
  inner: StepRunner<Spec>,
): StepRunner<Spec> {
  return {
    async run(step: PlannedStepOf<Spec>, work: StepWork): Promise<StepResult> {
      let record: Promise<ReturnType<CommandRecords['record']>> | undefined;
      const open = async () =>
        (await commands()).record({
          name: workloadName(identity.run, step.id, work.attempt),
          labels: workloadLabels(identity, step.id, work.attempt, commandLifetime),
        });
      const begin = async () => await (await (record ??= open())).begin();
      try {
        return await inner.run(step, { ...work, commands: { begin } });
      } finally {
        await (await record)?.[Symbol.asyncDispose]();
      }
    },
  };
}
