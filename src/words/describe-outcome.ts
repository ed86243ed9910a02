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
      return whySkipped(outcome.because, state, stageOfStep(state, step));
    default:
      return assertNever(outcome);
  }
}

export function stageReason(state: RunState, stage: StageState): string {
  // Nobody skipped a stage of which every step was skipped by itself.
  const outcome = stage.because === undefined && stage.status === 'skipped' ? stage.steps[0]?.outcome : undefined;
  if (outcome?.status === 'skipped') return whySkipped(outcome.because, state, stage);
  if (stage.because === undefined) return '';
  if (stage.status === 'skipped') return whySkipped(stage.because as SkipReason, state, stage);
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

function whySkipped(because: SkipReason, state: RunState, stage: StageState | undefined): string {
  switch (because) {
    case 'notSelected':
      return 'not selected';
    case 'dependencyFailed':
      return 'a dependency failed';
    case 'condition':
      return whyConditionFailed(stage, stage === undefined ? [] : stagesBefore(state, stage));
    default:
      return assertNever(because);
  }
}

/** A `fail` stage does not run in a run that is being cancelled, even if a stage failed before. */
function whyConditionFailed(stage: StageState | undefined, before: readonly StageState[]): string {
  const isAny = (status: StageState['status']) => before.some((one) => one.status === status);
  if (stage?.planned.runsIf === 'fail') return isAny('failed') ? 'the run was cancelled' : 'no earlier stage failed';
  return isAny('cancelled') && !isAny('failed') ? 'an earlier stage was cancelled' : 'an earlier stage failed';
}

function stagesBefore(state: RunState, stage: StageState): readonly StageState[] {
  const stages = state.iterations.find((iteration) => iteration.stages.includes(stage))?.stages ?? [];
  return stages.filter(({ planned }) => planned.ordinal < stage.planned.ordinal);
}

function stageOfStep(state: RunState, step: StepState): StageState | undefined {
  const ordinals = stepOrdinals(step.planned.id);
  return state.iterations
    .find((one) => one.iteration === ordinals.iteration)
    ?.stages.find((one) => one.planned.ordinal === ordinals.stage);
}
