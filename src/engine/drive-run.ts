import { currentIteration, iterationState, type RunState } from '../events/run-state.ts';
import { logFormat, type RunEndReason, type RunEvent } from '../events/event.ts';
import type { QueuedRun } from '../events/queued-run.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { EndStatus } from '../model/status.ts';
import type { OwnedRun, StoreError } from '../store/store.ts';
import { toFileError } from '../util/file-error.ts';
import { RunControl } from './run-control.ts';
import { followRequests } from './follow-requests.ts';
import { defaultFloor, LogCutter, type FloorPolicy } from './log-cutter.ts';
import type { DriveResult, NextIterationOf, OpenSink, OpenSinkOf, Preparation, StepExecutor } from './run-driver.ts';
import { runIteration, type IterationRun } from './run-iteration.ts';
import { onAbort } from '../util/abort.ts';
import type { Warning } from '../model/warning.ts';

interface End {
  readonly status: EndStatus;
  readonly because?: RunEndReason;
  readonly detail?: string;
  readonly diagnostics?: readonly Diagnostic[];
}

/** Drives a new run to its end. Rejects with a `StoreError` if the log could not be written to the end. */
export async function driveNew(run: OwnedRun, control: RunControl, preparation: Preparation): Promise<DriveResult> {
  return await withLog(run, control, preparation.openSink, async (sink) => {
    const { name, plan, diagnostics, cancelled } = await preparation.plan(control.asked);
    // Find the engine and read the tree while Git describes the repository.
    const equipping = plan === undefined ? undefined : preparation.equip(plan, sink, control.asked);
    equipping?.catch(() => undefined);
    // A run that is cancelled already does not wait for Git.
    const source = await preparation.source(cancelled ? AbortSignal.abort() : control.asked);
    const trigger = preparation.trigger ?? { kind: 'command' };
    sink.emit(queuedEvent(run, { name, source, trigger, annotations: preparation.annotations ?? {} }));
    if (cancelled || (plan === undefined && control.asked.aborted)) return cancelledEnd(control);
    if (plan === undefined || equipping === undefined)
      return { status: 'failed', because: 'configuration', diagnostics };

    const equipped = await equipping.catch((error: unknown) => {
      if (control.asked.aborted) return undefined;
      throw error;
    });
    if (equipped === undefined || (equipped.status === 'unavailable' && control.asked.aborted))
      return cancelledEnd(control);
    if (equipped.status === 'unavailable')
      return { status: 'failed', because: equipped.because, detail: equipped.detail };
    sink.emit({ type: 'run.started', settings: equipped.settings });
    warn(sink, equipped.notes);
    for (const diagnostic of diagnostics)
      sink.emit({
        type: 'run.noted',
        level: diagnostic.severity === 'info' ? 'info' : 'warning',
        code: diagnostic.code,
        message: inOneLine(diagnostic),
      });
    const { workspace } = equipped;
    const planned = { type: 'iteration.planned', iteration: 1, ...plan.stored, workspace } as const;
    sink.emit(planned);
    const first = { iteration: iterationState(planned), stages: plan.stages, executor: equipped.executor };
    const further = furtherOf(run, preparation);
    return await runToTheEnd(sink, control, first, equipped.settings.jobs, further);
  });
}

/** Ends a run as cancelled that waited in the queue. */
export async function endQueued(run: OwnedRun, queued: QueuedRun, openSink: OpenSinkOf): Promise<DriveResult> {
  return await withLog(run, new RunControl(), openSink, async (sink) => {
    sink.emit(queuedEvent(run, queued));
    return { status: 'cancelled', because: 'user' };
  });
}

type Queued = Extract<RunEvent, { readonly type: 'run.queued' }>;

function queuedEvent({ number }: OwnedRun, about: Pick<Queued, 'name' | 'source' | 'trigger' | 'annotations'>): Queued {
  const { name, source, trigger, annotations } = about;
  return { type: 'run.queued', format: logFormat, number, name, source, trigger, annotations };
}

/** The parts that an interrupted run resumes with. */
export interface Resumption {
  readonly openSink: OpenSinkOf;
  /** The state from the run's log. */
  readonly state: RunState;
  /** The stages of the last iteration, each text as it is written. */
  readonly stages: readonly PlannedStage[];
  /** Returns nothing if nothing was planned. */
  executor(sink: OpenSink): Promise<StepExecutor | undefined>;
  /** Warnings to show before the first step. */
  readonly notes: readonly Warning[];
  /** Ends the run as cancelled instead of resuming it. */
  readonly abandon: boolean;
  /** See `Preparation`. */
  readonly next?: NextIterationOf;
  readonly floor?: FloorPolicy;
}

/** Resumes a run that its owner left unfinished. */
export async function driveResumed(run: OwnedRun, control: RunControl, resumption: Resumption): Promise<DriveResult> {
  const { state, stages } = resumption;
  return await withLog(run, control, resumption.openSink, async (sink) => {
    sink.emit({ type: 'run.resumed' });
    if (control.asked.aborted && !resumption.abandon)
      sink.emit({ type: 'run.noted', level: 'warning', message: 'the run was cancelled before it was resumed' });
    const iteration = currentIteration(state);
    warn(sink, resumption.notes);
    const executor = await resumption.executor(sink);
    if (iteration === undefined || executor === undefined) {
      if (resumption.abandon || control.asked.aborted) return { status: 'cancelled', because: 'user' };
      return {
        status: 'failed',
        because: 'shutdown',
        detail: 'the run was interrupted before it was planned; start it again',
      };
    }
    if (resumption.abandon) {
      control.stopAtOnce('user');
      const status = await runIteration({
        iteration,
        stages,
        control,
        sink,
        steps: executor.steps,
        finished: () => undefined,
      });
      await executor.removeAll(state.steps, new AbortController().signal);
      await noteProblems(sink, executor);
      return { status, because: 'user' };
    }
    await executor.takeOver(state.steps, control.atOnce);
    const current = { iteration, stages, executor };
    return await runToTheEnd(sink, control, current, state.settings?.jobs, furtherOf(run, resumption));
  });
}

/** An iteration and its executor. */
interface Driven extends Pick<IterationRun, 'iteration' | 'stages'> {
  readonly executor: StepExecutor;
}

/** What a run of many iterations needs between two of them. */
interface Further {
  readonly next: NextIterationOf;
  readonly cutter: LogCutter;
}

function furtherOf(run: OwnedRun, { next, floor = defaultFloor }: Pick<Preparation, 'next' | 'floor'>) {
  return next && { next, cutter: new LogCutter(run.log, floor) };
}

/** Runs the iterations in sequence. The run's status is the status of the last one. */
async function runToTheEnd(
  sink: OpenSink,
  control: RunControl,
  first: Driven,
  jobs: number | undefined,
  further: Further | undefined,
): Promise<End> {
  const next = further?.next;
  let current = first;
  for (;;) {
    const { iteration } = current.iteration;
    const status = current.iteration.status ?? (await runOne(sink, control, current, jobs));
    if (control.asked.aborted) return status === 'cancelled' || next !== undefined ? cancelledEnd(control) : { status };
    if (further !== undefined) {
      await sink.stored();
      await further.cutter.cut(control.asked);
    }
    const following = await next?.({ iteration, status }, sink, control.asked);
    if (control.asked.aborted && next !== undefined) return cancelledEnd(control);
    if (following === undefined) return status === 'cancelled' ? cancelledEnd(control) : { status };
    if (following.executor !== current.executor) await current.executor.close();
    const { cause, plan, workspace, executor } = following;
    const planned = { type: 'iteration.planned', iteration: iteration + 1, cause, ...plan.stored, workspace } as const;
    sink.emit(planned);
    current = { iteration: iterationState(planned), stages: plan.stages, executor };
  }
}

async function runOne(
  sink: OpenSink,
  control: RunControl,
  { iteration, stages, executor }: Driven,
  jobs: number | undefined,
): Promise<EndStatus> {
  control.beginIteration(iteration.iteration);
  try {
    return await runIteration({
      iteration,
      stages,
      control,
      sink,
      steps: executor.steps,
      finished: (step, result) => executor.finished(step, result),
      ...(jobs !== undefined && { jobs }),
    });
  } finally {
    if (!control.atOnce.aborted) await noteProblems(sink, executor);
  }
}

async function noteProblems(sink: OpenSink, executor: StepExecutor): Promise<void> {
  warn(sink, await executor.settled());
}

function warn(sink: OpenSink, warnings: readonly Warning[]): void {
  for (const { code, message } of warnings) sink.emit({ type: 'run.noted', level: 'warning', code, message });
}

function cancelledEnd(control: RunControl): End {
  return { status: 'cancelled', because: control.because === 'shutdown' ? 'shutdown' : 'user' };
}

/**
 * Opens the log, calls `drive`, writes the run's end, closes the log and releases the lease. Stops the run if the log
 * is lost.
 */
async function withLog(
  run: OwnedRun,
  control: RunControl,
  openSink: OpenSinkOf,
  drive: (sink: OpenSink) => Promise<End>,
): Promise<DriveResult> {
  let broken: StoreError | undefined;
  const opened = await openSink(run.log, (error) => {
    broken = error;
    control.loseLog();
    if (error.code === 'not-owner') control.stopAtOnce('shutdown');
    else control.cancel('shutdown');
  });
  // Another process drives the run now and owns its workloads.
  using _lost = onAbort(run.lost, (reason) => {
    broken = reason as StoreError;
    control.stopAtOnce('shutdown');
  });
  const listening = new AbortController();
  const { sink, note } = notesAfterFirst(opened);
  // A cancellation of before, such as one that an earlier owner did not carry out to the end, comes before any step.
  await followRequests(run, control, note, listening.signal, 'now');
  const requests = followRequests(run, control, note, listening.signal, 'forever');
  try {
    let end: End;
    try {
      end = await drive(sink);
    } catch (error) {
      if (broken !== undefined) throw broken;
      // A file error of the system is not a bug in Slipway.
      const because = toFileError(error) === undefined ? 'internal' : 'store';
      const detail = error instanceof Error ? error.message : String(error);
      sink.emit({ type: 'run.finished', status: 'failed', because, detail });
      await sink.close();
      throw error;
    }
    sink.emit({ type: 'run.finished', ...end });
    await sink.close();
    if (broken !== undefined) throw broken as Error;
    return { run: run.id, status: end.status, ...(end.because !== undefined && { because: end.because }) };
  } finally {
    listening.abort();
    await requests;
    await run.release();
  }
}

/** Holds notes back until the log has its first event: nothing may come before `run.queued`. */
function notesAfterFirst(sink: OpenSink): { readonly sink: OpenSink; note(this: void, message: string): void } {
  const held: string[] = [];
  let begun = false;
  const raise = (message: string) => sink.emit({ type: 'run.noted', level: 'info', message });
  return {
    sink: {
      emit(event) {
        sink.emit(event);
        if (begun) return;
        begun = true;
        held.splice(0).forEach(raise);
      },
      write: (event) => sink.write(event),
      stored: async () => await sink.stored(),
      close: async () => await sink.close(),
    },
    note(message) {
      if (begun) raise(message);
      else held.push(message);
    },
  };
}

function inOneLine(diagnostic: Diagnostic): string {
  const { place } = diagnostic;
  return place === undefined ? diagnostic.message : `${place.file}:${place.line}:${place.column} ${diagnostic.message}`;
}
