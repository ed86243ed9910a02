import type { Command } from 'commander';
import { currentIteration, type RunState, type StepState } from '../../events/run-state.ts';
import { imagesOf, type CacheResult } from '../../model/artifact.ts';
import { visible } from '../../util/visible.ts';
import { describeImages } from '../../words/describe-images.ts';
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
  const state = await stateOf(reader);
  const steps =
    only === undefined
      ? (currentIteration(state)?.stages ?? []).flatMap((stage) => stage.steps)
      : [requireStep(state, only)];
  if (invocation.json)
    await invocation.printJson({
      run: id,
      steps: steps.map((step) => {
        const { planned, stage, status } = step;
        const cache = cacheOf(step);
        const reason = stepReason(state, step);
        return {
          id: planned.id,
          stage,
          name: planned.name,
          status,
          ...(reason && { reason }),
          ...(cache && { cache }),
        };
      }),
    });
  else await invocation.print(steps.flatMap((step) => lines(state, step)));
  return exitCodes.succeeded;
}

/** Returns whether the artifact cache had the image of a step, or why it did not. */
function cacheOf({ artifacts }: StepState): CacheResult | undefined {
  return imagesOf(artifacts).find(({ cache }) => cache !== undefined)?.cache;
}

function lines(state: RunState, step: StepState): readonly string[] {
  const { stage, planned, status, artifacts } = step;
  const cache = cacheOf(step);
  const name = `${visible(stage)}/${visible(planned.name)}`;
  const reason = stepReason(state, step);
  if (!cache) return [`${name}  ${statusWord(status)}${reason === '' ? '' : `: ${reason}`}`];
  // The reasons follow, so the first of them is not repeated.
  const said = describeImages(imagesOf(artifacts).map(({ cache: _, ...image }) => image));
  if ('hit' in cache) return [`${name}  ${describeImages(artifacts)}: nothing changed`];
  return [`${name}  ${said}`, ...(cache.reasons ?? [cache.missed]).map((one) => `  ${visible(one)}`)];
}
