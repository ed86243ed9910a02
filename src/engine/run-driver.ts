/**
 * Drives runs: what the command line, and later the server, asks of the engine; and what the engine asks of those who
 * know concrete things. Runs, iterations and stages are told to the log from this folder only.
 */
import type { RunEndReason, RunSettings, Source, Trigger } from '../events/event.ts';
import type { StepState } from '../events/run-state.ts';
import type { EventSink } from '../events/sink.ts';
import type { Cause } from '../model/cause.ts';
import type { Clock } from '../model/clock.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { PlannedStage, PlannedStep, UsedVariable, WorkspaceRef } from '../model/plan.ts';
import type { EndStatus } from '../model/status.ts';
import type { StoredPlan } from '../model/stored-plan.ts';
import type { RecordedStepRunner } from '../steps/decorators/recorded.ts';
import type { StepResult } from '../steps/step-runner.ts';
import type { RunLog, StoreError } from '../store/store.ts';

export interface DriveResult {
  readonly run: RunId;
  readonly status: EndStatus;
  readonly because?: RunEndReason;
}

/** A sink that its owner closes. */
export interface OpenSink extends EventSink {
  /** Stores what is left; no events are taken afterwards. */
  close(): Promise<void>;
}

export type OpenSinkOf = (log: RunLog, onBroken: (error: StoreError) => void) => Promise<OpenSink>;

/** Everything that a new run is made of; each asked for once, several at the same time. */
export interface Preparation {
  /** Why there is a run; absent: somebody asked for it. */
  readonly trigger?: Trigger;
  readonly clock: Clock;
  readonly openSink: OpenSinkOf;
  source(): Promise<Source>;
  /**
   * Without a plan at least one diagnostic is an error, or the one who was asked for something has cancelled the run.
   */
  plan(signal: AbortSignal): Promise<{
    readonly name: string;
    readonly plan?: PreparedPlan;
    readonly diagnostics: readonly Diagnostic[];
    readonly cancelled?: true;
  }>;
  /** The runtime, the tree, and what runs steps with them. */
  equip(plan: PreparedPlan, sink: EventSink, signal: AbortSignal): Promise<Equipped>;
  /** Absent: the run has one iteration. */
  readonly next?: NextIterationOf;
}

/** One more pass through a run's stages: its plan, and what runs it. */
export interface NextIteration {
  readonly cause: Cause;
  readonly plan: PreparedPlan;
  readonly workspace: WorkspaceRef;
  /** The engine closes the executor of the iteration before, unless it is the same one. */
  readonly executor: StepExecutor;
}

/**
 * Waits for a reason to run another iteration, and plans it. Returns nothing when the run is to end. The ids of its
 * steps hold the number of the new iteration.
 * @param ended the iteration before
 * @param signal aborted when the run is cancelled: returns soon, whatever it returns
 */
export type NextIterationOf = (
  ended: { readonly iteration: number; readonly status: EndStatus },
  sink: EventSink,
  signal: AbortSignal,
) => Promise<NextIteration | undefined>;

export interface PreparedPlan {
  /** What runs: each text as it is written. */
  readonly stages: readonly PlannedStage[];
  readonly variables: readonly UsedVariable[];
  /** The same for the log. */
  readonly stored: StoredPlan;
}

export type Equipped =
  | {
      readonly status: 'ready';
      readonly settings: RunSettings;
      readonly workspace: WorkspaceRef;
      readonly executor: StepExecutor;
      readonly notes: readonly string[];
    }
  | {
      readonly status: 'unavailable';
      readonly because: 'runtime' | 'store' | 'configuration';
      readonly detail: string;
    };

/** Runs the steps of one run, and tidies up behind them. */
export interface StepExecutor {
  readonly steps: RecordedStepRunner;
  finished(step: PlannedStep, result: StepResult): void;
  /** Takes over from a dead owner: what ended steps left is removed, what they made is known. */
  takeOver(steps: ReadonlyMap<StepId, StepState>, signal: AbortSignal): Promise<void>;
  /** Removes everything of the run that was not kept on purpose. */
  removeAll(steps: ReadonlyMap<StepId, StepState>, signal: AbortSignal): Promise<void>;
  /** When all that is being removed is removed; sentences about what could not be. */
  settled(): Promise<readonly string[]>;
  close(): Promise<void>;
}
