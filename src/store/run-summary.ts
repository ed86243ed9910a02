/** Computes the summary of a run for lists, as a fold of its structural events. */
import type { RunEvent, Source } from '../events/event.ts';
import type { QueuedRun } from '../events/queued-run.ts';
import { applyEvent, currentIteration, emptyRunState, type RunState } from '../events/run-state.ts';
import { stepOrdinals } from '../model/ids.ts';
import type { RunId } from '../model/ids.ts';
import type { EndStatus, StepStatus } from '../model/status.ts';
import { isEnd } from '../model/status.ts';
import type { OwnerIdentity, RunSummary } from './store.ts';

/** What the index stores about a run besides its log. Steps are those of the latest iteration. */
export interface FoldedRun {
  readonly status: 'queued' | 'inProgress' | EndStatus;
  /** The log has `run.queued`. Other processes may have added events to a run in the queue before. */
  readonly begun?: true;
  readonly name: string;
  readonly because?: string;
  readonly source?: Source;
  readonly runtime?: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly iteration: number;
  readonly steps: Readonly<Partial<Record<StepStatus, number>>>;
}

export const unknownRun: FoldedRun = { status: 'queued', name: '', iteration: 0, steps: {} };

/** Returns the summary of a run before its first event. */
export function foldedQueued({ name, source }: QueuedRun): FoldedRun {
  return { ...unknownRun, name, source };
}

/** Returns the same object if the event changes nothing. */
export function foldSummary(run: FoldedRun, event: RunEvent & { readonly at: number }): FoldedRun {
  switch (event.type) {
    case 'run.queued':
      return { ...run, begun: true, name: event.name, source: event.source };
    case 'run.started':
      return {
        ...run,
        status: 'inProgress',
        startedAt: event.at,
        ...(event.settings.runtime === undefined ? {} : { runtime: event.settings.runtime }),
      };
    case 'iteration.planned': {
      const planned = event.stages.reduce((count, stage) => count + stage.steps.length, 0);
      return { ...run, iteration: event.iteration, steps: planned === 0 ? {} : { notStarted: planned } };
    }
    case 'log.floor': {
      const state = emptyRunState();
      applyEvent(state, { ...event, run: '' as RunId, epoch: 0, seq: 0 });
      return summaryOf(state);
    }
    case 'step.started':
      return movedStep(run, event.step, 'notStarted', 'inProgress');
    case 'step.finished':
      return movedStep(run, event.step, event.attempt === 0 ? 'notStarted' : 'inProgress', event.outcome.status);
    case 'run.finished':
      return {
        ...run,
        status: event.status,
        finishedAt: event.at,
        ...(event.because === undefined ? {} : { because: event.because }),
      };
    default:
      return run;
  }
}

function summaryOf(state: RunState): FoldedRun {
  const { status, name = '', because, source, settings, startedAt, finishedAt } = state;
  const iteration = currentIteration(state);
  const steps: Partial<Record<StepStatus, number>> = {};
  for (const step of iteration?.stages.flatMap((stage) => stage.steps) ?? [])
    steps[step.status] = (steps[step.status] ?? 0) + 1;
  return {
    // Only the log of a run that has begun is cut.
    ...{ status, name, iteration: iteration?.iteration ?? 0, steps, begun: true },
    ...(because !== undefined && { because }),
    ...(source !== undefined && { source }),
    ...(settings?.runtime !== undefined && { runtime: settings.runtime }),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
  };
}

function movedStep(
  run: FoldedRun,
  step: Parameters<typeof stepOrdinals>[0],
  from: StepStatus,
  to: StepStatus,
): FoldedRun {
  if (stepOrdinals(step).iteration !== run.iteration) return run;
  const { [from]: left = 0, ...others } = run.steps;
  const steps = { ...others, [to]: (run.steps[to] ?? 0) + 1 };
  return { ...run, steps: left > 1 ? { ...steps, [from]: left - 1 } : steps };
}

export interface ListedRun {
  readonly id: RunId;
  readonly number: number;
  readonly project: string;
  readonly createdAt: number;
  readonly folded: FoldedRun;
  readonly owner?: OwnerIdentity;
  readonly ownerIsDead: boolean;
  /** The run is in the queue: it was enqueued and has not begun, and no living process has taken it. */
  readonly waiting?: boolean;
}

export function toSummary(run: ListedRun): RunSummary {
  const { status, iteration: _iteration, begun: _begun, steps, ...folded } = run.folded;
  return {
    id: run.id,
    number: run.number,
    project: run.project,
    createdAt: run.createdAt,
    ...folded,
    status: run.ownerIsDead && !isEnd(status) && run.waiting !== true ? 'interrupted' : status,
    steps,
    ...(run.owner === undefined || run.waiting === true ? {} : { owner: run.owner }),
  };
}
