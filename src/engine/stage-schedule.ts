import type { StepId } from '../model/ids.ts';
import type { CancelReason, SkipReason } from '../model/outcome.ts';
import type { FailurePolicy, PlannedStep } from '../model/plan.ts';
import { countsAs, type StepStatus } from '../model/status.ts';

export interface StageMoves {
  /** Steps to start now. */
  readonly start: readonly PlannedStep[];
  /** Steps that will never start. They end as skipped. */
  readonly skip: readonly { readonly step: PlannedStep; readonly because: SkipReason }[];
  /** If present, stop the steps in progress, and end the steps that have not started as cancelled. */
  readonly cancel: CancelReason | undefined;
}

export interface StageView {
  readonly steps: readonly PlannedStep[];
  readonly onFailure: FailurePolicy;
  status(step: StepId): StepStatus;
  /** How the steps of earlier stages count. */
  readonly earlier?: ReadonlyMap<StepId, StepStatus>;
  /** The maximum of steps in progress. 0 or absent: no limit. */
  readonly jobs?: number;
}

/**
 * Returns the next moves in a stage. The caller calls it again after each end of a step. A step starts when its `needs`
 * have succeeded, in the order of the file, with at most `jobs` in parallel (docs/design/product.md, "Words").
 */
export function nextMoves(stage: StageView): StageMoves {
  const skip: { step: PlannedStep; because: SkipReason }[] = [];
  const skipped = new Set<StepId>();
  const waiting: PlannedStep[] = [];
  let inProgress = 0;
  let red = false;
  const counted = new Map(stage.steps.map((step) => [step.id, step]));

  for (const step of stage.steps) {
    const status = stage.status(step.id);
    if (status === 'inProgress') inProgress += 1;
    if (status === 'failed' && countsAs(status, step.policy.allowFailure) === 'failed') red = true;
    if (status !== 'notStarted') continue;
    if (step.notSelected === true) {
      skip.push({ step, because: 'notSelected' });
      skipped.add(step.id);
    } else waiting.push(step);
  }
  if (red && stage.onFailure === 'cancelSiblings') return { start: [], skip, cancel: 'siblingFailed' };

  const limit = stage.jobs === undefined || stage.jobs === 0 ? Infinity : stage.jobs;
  const start: PlannedStep[] = [];
  for (const step of waiting) {
    const need = needOf(step, (id) => {
      const other = counted.get(id);
      if (skipped.has(id)) return 'skipped';
      if (other === undefined) return stage.earlier?.get(id) ?? 'skipped';
      const status = stage.status(id);
      return status === 'failed' ? countsAs(status, other.policy.allowFailure) : status;
    });
    if (need === 'broken') {
      skip.push({ step, because: 'dependencyFailed' });
      skipped.add(step.id);
    } else if (need === 'met' && inProgress + start.length < limit) start.push(step);
  }
  return { start, skip, cancel: undefined };
}

function needOf(step: PlannedStep, status: (id: StepId) => StepStatus): 'met' | 'open' | 'broken' {
  let need: 'met' | 'open' = 'met';
  for (const id of step.needs) {
    switch (status(id)) {
      case 'succeeded':
        break;
      case 'notStarted':
      case 'inProgress':
        need = 'open';
        break;
      default:
        return 'broken';
    }
  }
  return need;
}
