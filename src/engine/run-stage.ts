import { setMaxListeners } from 'node:events';
import type { EventSink } from '../events/sink.ts';
import type { StageState, StepState } from '../events/run-state.ts';
import type { StepId } from '../model/ids.ts';
import { Cancelled, type CancelReason } from '../model/outcome.ts';
import type { PlannedStage, PlannedStep } from '../model/plan.ts';
import { countsAs, isEnd, worstOf, type EndStatus, type StepStatus } from '../model/status.ts';
import type { RecordedStepRunner } from '../steps/decorators/recorded.ts';
import type { StepResult } from '../steps/step-runner.ts';
import type { RunControl } from './run-control.ts';
import { nextMoves } from './stage-schedule.ts';
import { onAbort } from '../util/abort.ts';

export interface StageRun {
  readonly iteration: number;
  /** The state from the log. In a resumed run, some steps have ended and some are in progress. */
  readonly stage: StageState;
  /** The stage to run, each text as it is written. */
  readonly planned: PlannedStage;
  /** How the steps of earlier stages count, for steps that need them. */
  readonly earlier?: ReadonlyMap<StepId, StepStatus>;
  readonly jobs?: number;
  readonly control: RunControl;
  readonly sink: EventSink;
  readonly steps: RecordedStepRunner;
  /** Gets the result of each step when it ends. */
  finished(step: PlannedStep, result: StepResult): void;
}

/** How a stage ended. */
export interface StageEnd {
  /** The status that the stage counts as. */
  readonly status: EndStatus;
  /** How each of its steps counts. */
  readonly steps: ReadonlyMap<StepId, EndStatus>;
}

/** Runs or resumes the steps of one stage. Rejects with `StoreError` only. */
export async function runStage(run: StageRun): Promise<StageEnd> {
  const { planned } = run;
  if (run.stage.status === 'notStarted')
    run.sink.emit({ type: 'stage.started', iteration: run.iteration, stage: planned.ordinal });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const cancelled = run.control.iteration;
  // An `always` stage that starts after the cancellation keeps running. So does one that is resumed: the log does not say
  // which of the two came first.
  const keeps = cancelled.aborted && planned.runsIf === 'always';
  const stops = keeps ? [run.control.atOnce] : [cancelled, run.control.atOnce];
  using _stopped = onAbort(stops, (reason) => stop.abort(reason));
  return await new StageLoop(run, stop).toTheEnd();
}

class StageLoop {
  readonly #run: StageRun;
  readonly #stop: AbortController;
  readonly #status = new Map<StepId, StepStatus>();
  readonly #inProgress = new Set<Promise<void>>();
  #storeError: unknown;
  #wake: () => void = () => undefined;

  constructor(run: StageRun, stop: AbortController) {
    this.#run = run;
    this.#stop = stop;
    for (const step of run.stage.steps) this.#status.set(step.planned.id, step.status);
    // A stop during the wait cancels the steps that have not started at once, not when the last running step ends.
    onAbort(stop.signal, () => this.#wake());
  }

  async toTheEnd(): Promise<StageEnd> {
    const { planned } = this.#run;
    const begun = new Map(this.#run.stage.steps.map((step) => [step.planned.id, step]));
    for (const step of planned.steps)
      if (this.#status.get(step.id) === 'inProgress') this.#start(step, begun.get(step.id));
    for (;;) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const moves = nextMoves({
        steps: planned.steps,
        onFailure: planned.onFailure,
        status: (id) => this.#status.get(id) ?? 'notStarted',
        ...(this.#run.earlier && { earlier: this.#run.earlier }),
        ...jobsOf(this.#run),
      });
      for (const { step, because } of moves.skip) this.#end(step, { status: 'skipped', because });
      if (moves.cancel !== undefined) this.#stop.abort(new Cancelled(moves.cancel));
      if (this.#stop.signal.aborted) this.#cancelWaiting();
      else for (const step of moves.start) this.#startOrCancel(step);
      if (this.#inProgress.size === 0) {
        if (this.#storeError !== undefined) throw this.#storeError as Error;
        // Ended steps may settle what others need. The stage ends when no step can change.
        if (moves.skip.length === 0 && (moves.start.length === 0 || this.#stop.signal.aborted)) break;
        continue;
      }
      await woken;
    }
    const steps = new Map(planned.steps.map((step) => [step.id, this.#counted(step)]));
    return { status: worstOf([...steps.values()]), steps };
  }

  #startOrCancel(step: PlannedStep): void {
    const reason: unknown = this.#run.control.step(step.id).reason;
    if (reason instanceof Cancelled) this.#end(step, { status: 'cancelled', because: reason.because });
    else this.#start(step, undefined);
  }

  #start(step: PlannedStep, begun: StepState | undefined): void {
    this.#status.set(step.id, 'inProgress');
    const { control } = this.#run;
    const signal = AbortSignal.any([this.#stop.signal, control.step(step.id)]);
    const order = { signal, atOnce: control.atOnce, unstored: control.unstored };
    const work = this.#run.steps
      .run(step, begun === undefined ? order : { ...order, begun })
      .then((result) => {
        this.#status.set(step.id, result.outcome.status);
        this.#run.finished(step, result);
      })
      .catch((error: unknown) => {
        // The log cannot be written, so no more steps may start.
        this.#storeError ??= error;
        this.#status.set(step.id, 'failed');
        this.#stop.abort(new Cancelled('shutdown'));
      })
      .finally(() => {
        this.#inProgress.delete(work);
        this.#wake();
      });
    this.#inProgress.add(work);
  }

  #cancelWaiting(): void {
    const reason: unknown = this.#stop.signal.reason;
    const because: CancelReason = reason instanceof Cancelled ? reason.because : 'shutdown';
    for (const step of this.#run.planned.steps) {
      if (this.#status.get(step.id) === 'notStarted') this.#end(step, { status: 'cancelled', because });
    }
  }

  #end(
    step: PlannedStep,
    outcome:
      | { status: 'skipped'; because: 'notSelected' | 'dependencyFailed' | 'condition' }
      | { status: 'cancelled'; because: CancelReason },
  ): void {
    this.#status.set(step.id, outcome.status);
    endUnstarted(this.#run.sink, step.id, outcome);
  }

  #counted(step: PlannedStep): EndStatus {
    const status = this.#status.get(step.id) ?? 'notStarted';
    return isEnd(status) ? countsAs(status, step.policy.allowFailure) : 'cancelled';
  }
}

/** Ends a step that never started (docs/design/architecture.md, "A status changes once per step"). */
export function endUnstarted(
  sink: EventSink,
  step: StepId,
  outcome:
    | { status: 'skipped'; because: 'notSelected' | 'dependencyFailed' | 'condition' }
    | { status: 'cancelled'; because: CancelReason },
): void {
  sink.emit({ type: 'step.finished', step, attempt: 0, outcome });
}

/** Returns the stage's own limit of jobs, or the run's. */
function jobsOf({ planned, jobs }: StageRun): { readonly jobs?: number } {
  const limit = planned.jobs ?? jobs;
  return limit === undefined ? {} : { jobs: limit };
}
