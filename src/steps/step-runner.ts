/**
 * Runs one step. Each kind of step is one file here; what all kinds have in common is added by wrapping, in the order
 * that `app/compose.ts` shows in one line. A runner knows workloads and files, and no events: `recorded` tells.
 */
import type { Artifact } from '../model/artifact.ts';
import { cancelledBy, failed, type Failure, type Outcome } from '../model/outcome.ts';
import type { PlannedStep, StepSpec } from '../model/plan.ts';
import type { Cursor, Stream, Work } from '../model/work.ts';

export interface StepRunner<Spec extends StepSpec = StepSpec> {
  /** Never rejects for anything that a user could cause; `guarded` catches the rest. */
  run(step: PlannedStepOf<Spec>, work: StepWork): Promise<StepResult>;
}

export type PlannedStepOf<Spec extends StepSpec> = PlannedStep & { readonly spec: Spec };

/** What a step hands on; artifacts are kept from failed steps too. */
export interface StepResult {
  readonly outcome: Outcome;
  readonly artifacts: readonly Artifact[];
}

export interface StepWork extends Work {
  /**
   * Aborted with a `Cancelled` or a `TimedOut`: stop within the grace, clean up, and come back.
   * It may be aborted at the call already; then what another process began is still to be stopped.
   */
  readonly signal: AbortSignal;
  /** Aborted when nothing may be waited for any more: come back at once and leave what runs. */
  readonly atOnce: AbortSignal;
  /** From 1. */
  readonly attempt: number;
  readonly attemptStartedAt: number;
  /**
   * Present when another process has begun this attempt: how far its output was stored, and when its workload started
   * (`WorkloadRef`).
   */
  readonly begun?: { readonly cursors: Partial<Record<Stream, Cursor>>; readonly startedAt?: number };
  /** Makes known that this attempt has failed and another begins; resolves when that is stored. */
  nextAttempt(failure: Failure): Promise<StepWork>;
}

export type StepDecorator = (inner: StepRunner) => StepRunner;

/** The reason of a signal that a time limit has aborted. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
  constructor(readonly afterMs: number) {
    super(`timed out after ${afterMs} ms`);
  }
}

/** How work ends whose signal was aborted: a time limit is a failure, everything else a cancellation. */
export function endedBy(signal: AbortSignal): Outcome<never> {
  const reason: unknown = signal.reason;
  if (reason instanceof TimedOut) return failed({ code: 'timed-out', afterMs: reason.afterMs });
  return cancelledBy(signal);
}
