/**
 * The state of a run after some of its events. Reporters, commands, summaries and `resume` share this fold. It counts
 * output but does not store it.
 */
import type { Artifact } from '../model/artifact.ts';
import type { Cause } from '../model/cause.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { CancelReason, Failure, Outcome, SkipReason } from '../model/outcome.ts';
import type { WorkspaceRef } from '../model/plan.ts';
import { isEnd, type EndStatus, type StepStatus } from '../model/status.ts';
import type { StoredStage, StoredStep, StoredVariable } from '../model/stored-plan.ts';
import type { Cursor, Observation, Stream } from '../model/work.ts';
import { applyDelivery, type DeliveryState } from './delivery-state.ts';
import type { OutputSource, RunEvent, RunSettings, Seq, Source, StoredEvent, Trigger } from './event.ts';

export interface RunState {
  run?: RunId;
  /** The number of the last folded event. */
  seq: Seq;
  /** The number of the oldest event that the log has kept; 0 if it has all. */
  floor: Seq;
  epoch: number;
  number?: number;
  name?: string;
  source?: Source;
  trigger?: Trigger;
  settings?: RunSettings;
  /** A log never contains `interrupted`: it follows from the lease. */
  status: 'queued' | 'inProgress' | EndStatus;
  because?: string;
  detail?: string;
  diagnostics: readonly Diagnostic[];
  notes: { level: 'info' | 'warning'; code?: string; message: string; at: number; by?: string }[];
  queuedAt?: number;
  startedAt?: number;
  finishedAt?: number;
  /** The newest iterations, at most 50. */
  iterations: IterationState[];
  /** The steps of these iterations, and older ones that left a workload behind. */
  steps: Map<StepId, StepState>;
  /**
   * The newest containers with output that is no step's, at most 200. Those that run come before those that have ended.
   * Empty if output was not read.
   */
  workloads: WorkloadOutput[];
  /** The receipts, oldest first. They may change after the run has finished. */
  deliveries: DeliveryState[];
}

export interface IterationState {
  readonly iteration: number;
  readonly cause: Cause;
  readonly stages: StageState[];
  readonly workspace: WorkspaceRef;
  readonly variables: readonly StoredVariable[];
  status?: EndStatus;
  /** The number of its `iteration.planned`. Absent before that is stored. */
  plannedBy?: Seq;
  /** Bytes of output during the iteration. */
  outputBytes: number;
  /** A floor has dropped the plan: `stages` and `variables` are empty. */
  planDropped?: true;
}

export interface StageState {
  /** As stored. `secrets/stored-plan.ts` restores the stage that runs. */
  readonly planned: StoredStage;
  readonly steps: StepState[];
  status: StepStatus;
  because?: SkipReason | CancelReason;
  startedAt?: number;
  finishedAt?: number;
}

export interface StepState {
  /** As stored. */
  readonly planned: StoredStep;
  readonly stage: string;
  status: StepStatus;
  /** The current or last attempt; 0 before the first. */
  attempt: number;
  startedAt?: number;
  attemptStartedAt?: number;
  finishedAt?: number;
  outcome?: Outcome;
  artifacts: readonly Artifact[];
  /** The failed attempts that were retried. */
  failures: { attempt: number; failure: Failure }[];
  /** The last observation, for the line of a running step. */
  lastFact?: Observation;
  /** Of the current attempt. */
  workload?: string;
  /** Whether the command of the current attempt has started. */
  begun?: true;
  /** When the workload of the current attempt started, by the platform's clock. See `WorkloadRef`. */
  workloadStartedAt?: number;
  /** The kept workload of the current attempt. Those of earlier attempts are removed. */
  kept?: string;
  /** The workloads of all attempts that could not be removed, with the reasons. */
  left?: { readonly workload: string; readonly detail: string }[];
  streams: Partial<Record<Stream, { offset: number; cursor: Cursor }>>;
  lost: number;
}

/** The output of a container that belongs to no step, such as a deployed one. */
export interface WorkloadOutput {
  readonly workload: string;
  readonly container: string;
  /** Of the container that wrote last. See `FollowedPosition`. */
  id?: string;
  since?: number;
  mark?: string;
  /** It has ended for good. */
  ended?: true;
  streams: StepState['streams'];
  /** How often output was lost. */
  lost: number;
}

/** Returns the last iteration that was planned; `undefined` before the first. */
export function currentIteration({ iterations }: Pick<RunState, 'iterations'>): IterationState | undefined {
  return iterations.at(-1);
}

export function emptyRunState(): RunState {
  return {
    ...{ seq: 0, floor: 0, epoch: 0, status: 'queued', diagnostics: [], notes: [] },
    ...{ iterations: [], steps: new Map(), workloads: [], deliveries: [] },
  };
}

/** The log violates its rules. Thrown only by a strict fold. */
export class IllegalEvent extends Error {
  override readonly name = 'IllegalEvent';
}

/**
 * Applies one event to the state, in place.
 * @param strict for tests: throws if the event violates the rules of the log. Otherwise the fold accepts everything and
 * ignores unknown types.
 */
export function applyEvent(state: RunState, event: StoredEvent, strict = false): void {
  if (strict && event.seq !== state.seq + 1 && event.type !== 'log.floor')
    throw new IllegalEvent(`event ${event.seq} after ${state.seq}`);
  state.seq = event.seq;
  state.epoch = event.epoch;
  state.run = event.run;
  switch (event.type) {
    case 'log.floor':
      restoreState(state, event.state);
      state.floor = event.seq;
      return;
    case 'run.queued':
      state.number = event.number;
      state.name = event.name;
      state.source = event.source;
      state.trigger = event.trigger;
      state.queuedAt = event.at;
      return;
    case 'run.started':
      state.status = 'inProgress';
      state.startedAt = event.at;
      state.settings = event.settings;
      return;
    case 'run.resumed':
      return;
    case 'run.noted':
      state.notes.push({
        level: event.level,
        ...(event.code !== undefined && { code: event.code }),
        message: event.message,
        at: event.at,
      });
      return;
    case 'note.added':
      state.notes.push({ level: event.level, message: event.message, at: event.at, by: event.by });
      return;
    case 'delivery.planned':
    case 'delivery.attempted':
    case 'delivery.finished':
      applyDelivery(state.deliveries, event);
      return;
    case 'iteration.planned':
      planIteration(state, event, event.seq);
      return;
    case 'stage.started': {
      const stage = stageOf(state, event.iteration, event.stage);
      if (stage === undefined) return;
      stage.status = 'inProgress';
      stage.startedAt = event.at;
      return;
    }
    case 'stage.finished': {
      const stage = stageOf(state, event.iteration, event.stage);
      if (stage === undefined) return;
      stage.status = event.status;
      stage.finishedAt = event.at;
      if (event.because !== undefined) stage.because = event.because;
      return;
    }
    case 'step.started':
    case 'step.observed':
    case 'step.attempted':
    case 'step.finished':
      applyStepEvent(state, event, strict);
      return;
    case 'output':
    case 'output.lost':
      applyOutput(state, event, strict);
      return;
    case 'iteration.finished': {
      const iteration = state.iterations.find((i) => i.iteration === event.iteration);
      if (iteration !== undefined) iteration.status = event.status;
      return;
    }
    case 'run.finished':
      if (strict && isEnd(state.status)) throw new IllegalEvent('a run finished twice');
      state.status = event.status;
      state.finishedAt = event.at;
      if (event.because !== undefined) state.because = event.because;
      if (event.detail !== undefined) state.detail = event.detail;
      if (event.diagnostics !== undefined) state.diagnostics = event.diagnostics;
      return;
    default:
      // A newer version wrote this event.
      return;
  }
}

/** Folds a whole log, for callers that need only the final state. */
export async function foldRun(events: AsyncIterable<StoredEvent>, state = emptyRunState()): Promise<RunState> {
  for await (const event of events) applyEvent(state, event);
  return state;
}

const keptIterations = 50;

function planIteration(state: RunState, event: Planned, seq: Seq): void {
  const iteration = { ...iterationState(event), plannedBy: seq };
  for (const step of stepsOf(iteration)) state.steps.set(step.planned.id, step);
  state.iterations.push(iteration);
  while (state.iterations.length > keptIterations) forgetOldest(state);
}

/** Keeps steps that left a workload behind: people look for it. */
function forgetOldest(state: RunState): void {
  const oldest = state.iterations.shift();
  for (const step of oldest === undefined ? [] : stepsOf(oldest))
    if (!leftSomething(step)) state.steps.delete(step.planned.id);
}

function stepsOf({ stages }: IterationState): StepState[] {
  return stages.flatMap(({ steps }) => steps);
}

/** People look for what such a step left behind. */
export function leftSomething({ kept, left }: Pick<StepState, 'kept' | 'left'>): boolean {
  return kept !== undefined || left !== undefined;
}

/** Replaces the state by a stored one (`stored-state.ts`). Several folds may share the stored one, so it is copied. */
function restoreState(state: RunState, stored: object): void {
  const { olderSteps, ...restored } = structuredClone(stored) as Omit<RunState, 'steps'> & { olderSteps: StepState[] };
  for (const key of Object.keys(state)) delete (state as unknown as Record<string, unknown>)[key];
  const steps = [...olderSteps, ...restored.iterations.flatMap(stepsOf)];
  Object.assign(state, restored, { steps: new Map(steps.map((step) => [step.planned.id, step])) });
}

type Planned = Extract<RunEvent, { type: 'iteration.planned' }>;

/** Returns the state of an iteration before its first event. */
export function iterationState(event: Planned): IterationState {
  const stages = event.stages.map((planned): StageState => {
    const steps = planned.steps.map((step): StepState => ({
      planned: step,
      stage: planned.name,
      status: 'notStarted',
      attempt: 0,
      artifacts: [],
      failures: [],
      streams: {},
      lost: 0,
    }));
    return { planned, steps, status: 'notStarted' };
  });
  const { iteration, cause = { kind: 'start' }, workspace, variables } = event;
  return { iteration, cause, stages, workspace, variables, outputBytes: 0 };
}

function stageOf(state: RunState, iteration: number, stage: number): StageState | undefined {
  return state.iterations.find((i) => i.iteration === iteration)?.stages.find((s) => s.planned.ordinal === stage);
}

type StepEvent = Extract<StoredEvent, { type: 'step.started' | 'step.observed' | 'step.attempted' | 'step.finished' }>;

function applyStepEvent(state: RunState, event: StepEvent, strict: boolean): void {
  const step = state.steps.get(event.step);
  if (step === undefined) {
    if (strict) throw new IllegalEvent(`${event.type} of the unknown step ${event.step}`);
    return;
  }
  if (strict) checkStepEvent(step, event);
  switch (event.type) {
    case 'step.started':
      step.status = 'inProgress';
      step.startedAt = event.at;
      beginAttempt(step, event.attempt, event.at);
      return;
    case 'step.attempted':
      step.failures.push({ attempt: event.attempt, failure: event.failure });
      beginAttempt(step, event.attempt + 1, event.at);
      return;
    case 'step.observed':
      observe(step, event.fact);
      if (event.fact.type === 'container.followed') applyFollowed(state, event.fact);
      if (event.fact.type === 'container.ended') applyEnded(state, event.fact);
      return;
    case 'step.finished':
      step.status = event.outcome.status;
      step.outcome = event.outcome;
      step.finishedAt = event.at;
      step.artifacts = event.artifacts ?? [];
      return;
  }
}

function beginAttempt(step: StepState, attempt: number, at: number): void {
  step.attempt = attempt;
  step.attemptStartedAt = at;
  step.streams = {};
  delete step.workload;
  delete step.begun;
  delete step.workloadStartedAt;
  delete step.kept;
  delete step.lastFact;
}

function observe(step: StepState, fact: Observation): void {
  step.lastFact = fact;
  if (fact.type === 'workload.created' || fact.type === 'workload.adopted') step.workload = fact.workload;
  if (fact.type === 'workload.started' || fact.type === 'workload.adopted') step.begun = true;
  if (fact.type === 'workload.started' && fact.startedAt !== undefined) step.workloadStartedAt = fact.startedAt;
  if (fact.type === 'workload.kept') step.kept = fact.workload;
  if (fact.type === 'workload.left') (step.left ??= []).push({ workload: fact.workload, detail: fact.detail });
}

function checkStepEvent(step: StepState, event: StepEvent): void {
  const at = `${event.type} of step ${event.step}, which is ${step.status}`;
  if (event.type === 'step.started') {
    if (step.status !== 'notStarted') throw new IllegalEvent(at);
    if (event.attempt !== 1) throw new IllegalEvent(`${at}: the first attempt is 1, not ${event.attempt}`);
    return;
  }
  const neverStarted = event.type === 'step.finished' && step.status === 'notStarted';
  if (
    neverStarted &&
    (event.outcome.status === 'skipped' || event.outcome.status === 'cancelled') &&
    event.attempt === 0
  )
    return;
  if (step.status !== 'inProgress') throw new IllegalEvent(at);
  if (event.attempt !== step.attempt) throw new IllegalEvent(`${at}: attempt ${event.attempt} is not ${step.attempt}`);
  if (event.type === 'step.finished' && event.outcome.status === 'skipped')
    throw new IllegalEvent(`${at}: what has started is not skipped`);
}

function applyOutput(
  state: RunState,
  event: Extract<StoredEvent, { type: 'output' | 'output.lost' }>,
  strict: boolean,
): void {
  if (event.type === 'output') {
    const during = currentIteration(state);
    if (during !== undefined) during.outputBytes += event.bytes.length;
  }
  const found = writerOf(state, event.from);
  if (found === undefined) {
    if (strict && 'step' in event.from)
      throw new IllegalEvent(
        `output of step ${event.from.step}, attempt ${event.from.attempt}, which is not in progress`,
      );
    return;
  }
  const stream = (found.streams[event.stream] ??= { offset: 0, cursor: 0 });
  if (event.type === 'output') {
    if (strict && event.offset !== stream.offset)
      throw new IllegalEvent(`output at offset ${event.offset} after ${stream.offset}`);
    stream.offset = event.offset + event.bytes.length;
  } else {
    found.lost += 1;
  }
  if (event.cursor !== undefined) stream.cursor = event.cursor;
}

const keptWorkloads = 200;

function writerOf({ steps, workloads }: RunState, from: OutputSource): Pick<StepState, 'streams' | 'lost'> | undefined {
  if ('engine' in from) return undefined;
  if ('step' in from) {
    const step = steps.get(from.step);
    return step?.attempt === from.attempt ? step : undefined;
  }
  return workloadOf(workloads, from);
}

/** The container of a name may be another one than before. Its cursors count from its own beginning. */
function applyFollowed(
  { workloads }: RunState,
  { id, since, mark, ...name }: Extract<Observation, { type: 'container.followed' }>,
): void {
  const found = workloadOf(workloads, name);
  if (found.id !== undefined && found.id !== id) for (const stream of Object.values(found.streams)) stream.cursor = 0;
  found.id = id;
  delete found.since;
  delete found.mark;
  delete found.ended;
  if (since !== undefined) found.since = since;
  if (mark !== undefined) found.mark = mark;
}

function applyEnded(
  { workloads }: RunState,
  { workload, container }: Extract<Observation, { type: 'container.ended' }>,
): void {
  const found = workloads.find((one) => one.workload === workload && one.container === container);
  if (found !== undefined) found.ended = true;
}

function workloadOf(
  workloads: WorkloadOutput[],
  { workload, container }: Pick<WorkloadOutput, 'workload' | 'container'>,
): WorkloadOutput {
  const known = workloads.find((one) => one.workload === workload && one.container === container);
  if (known !== undefined) return known;
  const made: WorkloadOutput = { workload, container, streams: {}, lost: 0 };
  workloads.push(made);
  if (workloads.length > keptWorkloads)
    workloads.splice(
      Math.max(
        0,
        workloads.findIndex(({ ended }) => ended === true),
      ),
      1,
    );
  return made;
}
