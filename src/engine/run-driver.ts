/**
 * The interface to drive runs, for the command line and later the server, and what the engine needs from concrete
 * parts. Only this folder writes events of runs, iterations and stages to the log.
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
import type { FloorPolicy } from './log-cutter.ts';
import type { RunLog, StoreError } from '../store/store.ts';
import type { Warning } from '../model/warning.ts';

export interface DriveResult {
  readonly run: RunId;
  readonly status: EndStatus;
  readonly because?: RunEndReason;
}

/** A sink that its owner closes. */
export interface OpenSink extends EventSink {
  /** Stores the remaining events. Accepts no events afterwards. */
  close(): Promise<void>;
}

export type OpenSinkOf = (log: RunLog, onBroken: (error: StoreError) => void) => Promise<OpenSink>;

/** The parts of a new run. The engine calls each once, several in parallel. */
export interface Preparation {
  /** Why the run exists. Absent: a user requested it. */
  readonly trigger?: Trigger;
  /** Facts about the run from the program that requested it. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly openSink: OpenSinkOf;
  /** Returns what is known when the signal is aborted: a cancelled run does not wait. */
  source(signal: AbortSignal): Promise<Source>;
  /** Without a plan, at least one diagnostic is an error, or the user cancelled the run at a question. */
  plan(signal: AbortSignal): Promise<{
    readonly name: string;
    readonly plan?: PreparedPlan;
    readonly diagnostics: readonly Diagnostic[];
    readonly cancelled?: true;
  }>;
  /** Returns the runtime, the tree, and the executor for both. */
  equip(plan: PreparedPlan, sink: EventSink, signal: AbortSignal): Promise<Equipped>;
  /** Absent: the run has one iteration. */
  readonly next?: NextIterationOf;
  /** How much of a run of many iterations its log keeps. */
  readonly floor?: FloorPolicy;
}

/** The next iteration of a run: its plan and its executor. */
export interface NextIteration {
  readonly cause: Cause;
  readonly plan: PreparedPlan;
  readonly workspace: WorkspaceRef;
  /** The engine closes the executor of the previous iteration, unless it is the same one. */
  readonly executor: StepExecutor;
}

/**
 * Waits for a reason to run another iteration, and plans it. Returns nothing when the run is to end. The ids of its
 * steps contain the number of the new iteration.
 * @param ended the previous iteration
 * @param signal aborts when the run is cancelled: return soon, with any result
 */
export type NextIterationOf = (
  ended: { readonly iteration: number; readonly status: EndStatus },
  sink: EventSink,
  signal: AbortSignal,
) => Promise<NextIteration | undefined>;

export interface PreparedPlan {
  /** The stages to run, each text as it is written. */
  readonly stages: readonly PlannedStage[];
  readonly variables: readonly UsedVariable[];
  /** The same plan for the log. */
  readonly stored: StoredPlan;
}

export type Equipped =
  | {
      readonly status: 'ready';
      readonly settings: RunSettings;
      readonly workspace: WorkspaceRef;
      readonly executor: StepExecutor;
      readonly notes: readonly Warning[];
    }
  | {
      readonly status: 'unavailable';
      readonly because: 'runtime' | 'store' | 'configuration';
      readonly detail: string;
    };

/** Runs the steps of one run, and cleans up after them. */
export interface StepExecutor {
  readonly steps: RecordedStepRunner;
  finished(step: PlannedStep, result: StepResult): void;
  /** Takes over from a dead owner: removes what finished steps left, and registers what they made. */
  takeOver(steps: ReadonlyMap<StepId, StepState>, signal: AbortSignal): Promise<void>;
  /** Removes everything of the run that was not kept on purpose. */
  removeAll(steps: ReadonlyMap<StepId, StepState>, signal: AbortSignal): Promise<void>;
  /** Waits for pending removals. Returns warnings about failed ones. */
  settled(): Promise<readonly Warning[]>;
  close(): Promise<void>;
}
