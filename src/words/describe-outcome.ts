/** Describes in a few words why a step or stage ended as it did. */
import { assertNever, type CancelReason, type SkipReason } from '../model/outcome.ts';
import { stepOrdinals } from '../model/ids.ts';
import { visible } from '../util/visible.ts';
import type { RunState, StageState, StepState } from '../events/run-state.ts';
import { describeFailure } from './describe-failure.ts';

/**
 * Returns the text after the status: `exit code 1`, `web failed`, `an earlier stage failed`. Returns '' for success.
 */
export function stepReason(state: RunState, step: StepState): string {
  const { outcome } = step;
  switch (outcome?.status) {
    case undefined:
    case 'succeeded':
      return '';
    case 'failed':
      return visible(describeFailure(outcome.failure).what) + (step.planned.policy.allowFailure ? ' (allowed)' : '');
    case 'cancelled':
      return whyCancelled(outcome.because, stageOfStep(state, step), step);
    case 'skipped':
      return whySkipped(outcome.because, stageOfStep(state, step));
    default:
      return assertNever(outcome);
  }
}

export function stageReason(stage: StageState): string {
  if (stage.because === undefined) return '';
  if (stage.status === 'skipped') return whySkipped(stage.because as SkipReason, stage);
  return stage.status === 'cancelled' ? whyCancelled(stage.because as CancelReason, stage, undefined) : '';
}

function whyCancelled(because: CancelReason, stage: StageState | undefined, cancelled: StepState | undefined): string {
  switch (because) {
    case 'user':
      return 'by you';
    case 'superseded':
      return 'superseded by a newer change';
    case 'shutdown':
      return 'Slipway was shut down';
    case 'siblingFailed': {
      const culprit = stage?.steps.find(
        (step) => step !== cancelled && step.status === 'failed' && !step.planned.policy.allowFailure,
      );
      return culprit === undefined ? 'another step of the stage failed' : `${visible(culprit.planned.name)} failed`;
    }
    default:
      return assertNever(because);
  }
}

function whySkipped(because: SkipReason, stage: StageState | undefined): string {
  switch (because) {
    case 'notSelected':
      return 'not selected';
    case 'dependencyFailed':
      return 'a dependency failed';
    case 'condition':
      return stage?.planned.runsIf === 'fail' ? 'no earlier stage failed' : 'an earlier stage failed';
    default:
      return assertNever(because);
  }
}

function stageOfStep(state: RunState, step: StepState): StageState | undefined {
  const ordinals = stepOrdinals(step.planned.id);
  return state.iterations
    .find((one) => one.iteration === ordinals.iteration)
    ?.stages.find((one) => one.planned.ordinal === ordinals.stage);
}
