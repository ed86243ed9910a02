import type { EventSink } from '../events/sink.ts';
import type { IterationState, StageState } from '../events/run-state.ts';
import type { PlannedStage, PlannedStep } from '../model/plan.ts';
import type { StepId } from '../model/ids.ts';
import { countsAs, isEnd, worstOf, type EndStatus } from '../model/status.ts';
import type { RecordedStepRunner } from '../steps/decorators/recorded.ts';
import type { StepResult } from '../steps/step-runner.ts';
import type { RunControl } from './run-control.ts';
import { endUnstarted, runStage, type StageEnd } from './run-stage.ts';
import { decideStage, type StageDecision } from './stage-condition.ts';

export interface IterationRun {
  /** The state from the log after `iteration.planned`. In a resumed run, parts of it have ended. */
  readonly iteration: IterationState;
  /** The stages to run, each text as it is written. */
  readonly stages: readonly PlannedStage[];
  readonly jobs?: number;
  readonly control: RunControl;
  readonly sink: EventSink;
  readonly steps: RecordedStepRunner;
  finished(step: PlannedStep, result: StepResult): void;
}

/** Runs or resumes the stages in order, and returns the worst status. Rejects with `StoreError` only. */
export async function runIteration(run: IterationRun): Promise<EndStatus> {
  const { iteration, stages } = run.iteration;
  const ends: EndStatus[] = [];
  const earlier = new Map<StepId, EndStatus>();
  for (const stage of stages) {
    if (isEnd(stage.status)) {
      ends.push(stage.status);
      for (const [id, status] of endsOf(stage, 'skipped')) earlier.set(id, status);
      continue;
    }
    const decision = hasStarted(stage) ? ({ run: true } as const) : decide(run, stage, ends);
    const { status, steps } = decision.run
      ? await runStage({ ...run, iteration, stage, planned: plannedOf(run, stage), earlier })
      : skipStage(run.sink, stage, decision);
    for (const [id, end] of steps) earlier.set(id, end);
    const because = decision.run ? undefined : decision.because;
    run.sink.emit({
      type: 'stage.finished',
      iteration,
      stage: stage.planned.ordinal,
      status,
      ...(because !== undefined && { because }),
    });
    ends.push(status);
  }
  const status = worstOf(ends);
  run.sink.emit({ type: 'iteration.finished', iteration, status });
  return status;
}

/** Returns how the steps of a stage count, as the log has them. @param others the status of those that have not ended */
function endsOf({ steps }: StageState, others: EndStatus): [StepId, EndStatus][] {
  return steps.map(({ planned: { id, policy }, status }) => [
    id,
    isEnd(status) ? countsAs(status, policy.allowFailure) : others,
  ]);
}

function plannedOf({ stages }: IterationRun, { planned: { ordinal } }: StageState): PlannedStage {
  const planned = stages.find((stage) => stage.ordinal === ordinal);
  if (planned === undefined) throw new Error(`no stage ${ordinal} in the plan`);
  return planned;
}

function hasStarted(stage: StageState): boolean {
  return stage.status === 'inProgress';
}

function decide(run: IterationRun, stage: StageState, before: readonly EndStatus[]): StageDecision {
  const { control } = run;
  if (control.atOnce.aborted && stage.planned.notSelected !== true) {
    return { run: false, status: 'cancelled', because: control.because ?? 'shutdown' };
  }
  return decideStage(stage.planned, before, control.because);
}

function skipStage(sink: EventSink, stage: StageState, decision: Extract<StageDecision, { run: false }>): StageEnd {
  for (const step of stage.steps) {
    if (step.status !== 'notStarted') continue;
    if (step.planned.notSelected === true)
      endUnstarted(sink, step.planned.id, { status: 'skipped', because: 'notSelected' });
    else if (decision.status === 'cancelled')
      endUnstarted(sink, step.planned.id, { status: 'cancelled', because: decision.because });
    else endUnstarted(sink, step.planned.id, { status: 'skipped', because: decision.because as 'condition' });
  }
  return { status: decision.status, steps: new Map(endsOf(stage, decision.status)) };
}
