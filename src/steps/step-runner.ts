/**
 * Runs one step. Each kind has its own runner. Decorators add what all kinds share; `runs/execution/step-executor.ts` shows their
 * order. A runner knows workloads and files, but no events: `recorded` emits them.
 */
import type { Artifact } from '../model/artifact.ts';
import { cancelledBy, failed, type Failure, type Outcome } from '../model/outcome.ts';
import type { PlannedStep, StepSpec } from '../model/plan.ts';
import type { Cursor, FollowedOutput, Stream, Work } from '../model/work.ts';

export interface StepRunner<Spec extends StepSpec = StepSpec> {
  /** Never rejects for a cause that a user controls. `guarded` catches the rest. */
  run(step: PlannedStepOf<Spec>, work: StepWork): Promise<StepResult>;
}

export type PlannedStepOf<Spec extends StepSpec> = PlannedStep & { readonly spec: Spec };

/** The result of a step. Failed steps keep their artifacts too. */
export interface StepResult {
  readonly outcome: Outcome;
  readonly artifacts: readonly Artifact[];
}

export interface StepWork extends Work {
  /**
   * Aborted with a `Cancelled` or a `TimedOut`: stop within the grace period, clean up and return.
   * It may be aborted before the call. The runner then stops the workload that another process started.
   */
  readonly signal: AbortSignal;
  /** Aborted to stop at once: return immediately and leave running workloads. */
  readonly atOnce: AbortSignal;
  /** Aborted when output can no longer be stored: a step need not read more of it. */
  readonly unstored?: AbortSignal;
  /** The output of containers that the step follows. */
  readonly followed: FollowedOutput;
  /** From 1. */
  readonly attempt: number;
  readonly attemptStartedAt: number;
  /**
   * Present if another process started this attempt: the stored cursors, and the start time of the workload
   * (`WorkloadRef`).
   */
  readonly begun?: { readonly cursors: Partial<Record<Stream, Cursor>>; readonly startedAt?: number };
  /** Records that this attempt failed and another starts. Resolves when that is stored. */
  nextAttempt(failure: Failure): Promise<StepWork>;
}

export type StepDecorator = (inner: StepRunner) => StepRunner;

/** The abort reason of an expired timeout. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
  constructor(readonly afterMs: number) {
    super(`timed out after ${afterMs} ms`);
  }
}

/** Returns the signal that stopped a step. */
export function stopOf({ signal, atOnce }: Pick<StepWork, 'signal' | 'atOnce'>): AbortSignal {
  return signal.aborted ? signal : atOnce;
}

/** Returns the outcome of aborted work: an expired timeout is a failure, everything else a cancellation. */
export function endedBy(signal: AbortSignal): Outcome<never> {
  const reason: unknown = signal.reason;
  if (reason instanceof TimedOut) return failed({ code: 'timed-out', afterMs: reason.afterMs });
  return cancelledBy(signal);
}
