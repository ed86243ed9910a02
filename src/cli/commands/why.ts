import type { Command } from 'commander';
import { currentIteration, type RunState, type StepState } from '../../events/run-state.ts';
import { deploymentsOf, imagesOf, shownObject, type DeployedObject, type CacheResult } from '../../model/artifact.ts';
import { isEnd, type StepStatus } from '../../model/status.ts';
import { visible } from '../../util/visible.ts';
import { describeArtifacts } from '../../words/describe-artifacts.ts';
import { stepReason } from '../../words/describe-outcome.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun, requireStep, stateOf } from '../reference/find-run.ts';
import { notEmpty } from '../run-flags.ts';
import { statusWord } from '../text/symbols.ts';

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .argument('[step]', 'only this step or artifact: its name, STAGE/NAME, or id', notEmpty('STEP'))
    .action(
      invocation.action(async (reference: string, step: string | undefined) => await why(invocation, reference, step)),
    );
}

async function why(invocation: Invocation, reference: string, only: string | undefined): Promise<number> {
  const { id, store } = await findRun(invocation, reference);
  await using reader = await store.read(id);
  const [state, summary] = await Promise.all([stateOf(reader), store.summary(id)]);
  const interrupted = summary?.status === 'interrupted';
  const steps =
    only === undefined
      ? (currentIteration(state)?.stages ?? []).flatMap((stage) => stage.steps)
      : [requireStep(state, only)];
  if (invocation.json)
    await invocation.printJson({
      run: id,
      ...(steps.length === 0 && { reason: whyNoSteps(state, interrupted) }),
      steps: steps.map((step) => {
        const { planned, stage, status } = step;
        const cache = cacheOf(step);
        const reason = stepReason(state, step);
        return {
          id: planned.id,
          stage,
          name: planned.name,
          status: shownStatus(status, interrupted),
          ...(reason && { reason }),
          ...(failedTests(step).length > 0 && { failedTests: failedTests(step) }),
          ...(cache && { cache }),
        };
      }),
    });
  else if (steps.length === 0) await invocation.print([whyNoSteps(state, interrupted)]);
  else await invocation.print(steps.flatMap((step) => lines(state, step, interrupted)));
  return exitCodes.succeeded;
}

/** Returns whether the artifact cache had the image of a step, or why it did not. */
function cacheOf({ artifacts }: StepState): CacheResult | undefined {
  return imagesOf(artifacts).find(({ cache }) => cache !== undefined)?.cache;
}

/** Returns why a run has no steps, in one line. */
function whyNoSteps({ status, diagnostics, notes, detail = '' }: RunState, interrupted: boolean): string {
  const mistake = diagnostics.find(({ severity }) => severity === 'error');
  const why = mistake ? `${mistake.code} ${mistake.message}` : (detail.split('\n')[0] ?? '');
  if (why !== '') return visible(`the run ${status}: ${why}`);
  if (status === 'skipped' || status === 'succeeded') {
    const note = notes.find(({ code }) => code !== undefined);
    return visible(`nothing to build or test${note ? `: ${note.code} ${note.message}` : ''}`);
  }
  if (interrupted) return 'the run was interrupted before it was planned';
  return isEnd(status) ? 'the run ended before it was planned' : 'the run has no plan yet';
}

/** A log never says that its run was interrupted. */
function shownStatus(status: StepStatus, interrupted: boolean): StepStatus | 'interrupted' {
  return interrupted && status === 'inProgress' ? 'interrupted' : status;
}

/** Returns why an object was applied: `deployment.apps/web changed: its manifest changed`. */
function objectLine({ change, reason, ...object }: DeployedObject): string {
  return visible(`${shownObject(object)} ${change}${reason === undefined ? '' : `: ${reason}`}`);
}

/** Returns the sentences about the tests that failed. */
function failedTests({ outcome }: StepState): readonly string[] {
  return outcome?.status === 'failed' && outcome.failure.code === 'tests-failed' ? outcome.failure.problems : [];
}

function lines(state: RunState, step: StepState, interrupted: boolean): readonly string[] {
  const { stage, planned, status, artifacts } = step;
  const cache = cacheOf(step);
  const name = `${visible(stage)}/${visible(planned.name)}`;
  const reason = stepReason(state, step);
  if (!cache) {
    const word = statusWord(shownStatus(status, interrupted));
    return [
      `${name}  ${word}${reason === '' ? '' : `: ${reason}`}`,
      ...failedTests(step).map((one) => `  ${visible(one)}`),
      ...deploymentsOf(artifacts).flatMap(({ objects }) => objects.map((object) => `  ${objectLine(object)}`)),
    ];
  }
  // The reasons follow, so the first of them is not repeated.
  const said = describeArtifacts(imagesOf(artifacts).map(({ cache: _, ...image }) => image));
  if ('hit' in cache) return [`${name}  ${describeArtifacts(artifacts)}: nothing changed`];
  return [`${name}  ${said}`, ...(cache.reasons ?? [cache.missed]).map((one) => `  ${visible(one)}`)];
}
