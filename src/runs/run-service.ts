import type { Interaction } from './interaction.ts';
import type { PlaceRequest } from './places/places.ts';
import type { PipelineRequest } from '../engine/front-end.ts';
import type { GivenInput } from '../model/given-input.ts';
import type { Activity } from '../model/activity.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { CancelReason } from '../model/outcome.ts';
import type { DriveResult } from '../engine/run-driver.ts';
import type { Exit, LocalShell, Terminal, WorkloadRef } from '../runtime/runtime.ts';
import type { RunReader } from '../store/store.ts';
import type { ArtifactFile } from '../workspace/workspace.ts';
import type { FilesArtifact } from '../model/artifact.ts';

/** The operations on runs: start, resume, cancel, and read their files and workloads. */
export interface RunService {
  /**
   * Records a run and drives it. Resolves once the run has an id, before its first event.
   * An invalid configuration and an unavailable runtime are recorded too; `done` reports them. Mistakes on the command
   * line are not recorded: an unknown pipeline path, stage, step, environment, input or cluster.
   * Rejects with `StoreError` only if nothing could be recorded.
   */
  start(request: StartRequest, interaction?: Interaction): Promise<Started>;
  /**
   * Takes a run from the queue and drives it. Mistakes in the configuration and in what was requested are recorded. A
   * wrong place to run it is refused, and the run stays in the queue.
   */
  startQueued(run: RunId, request: QueuedRequest, interaction?: Interaction): Promise<QueuedStart>;
  /** Resumes an interrupted run. */
  resume(run: RunId, request: ResumeRequest, interaction?: Interaction): Promise<Resumed>;
  /** Starts a new run of the plan of an earlier one, with its tree and its variables. */
  rerun(run: RunId, request: RerunRequest, interaction?: Interaction): Promise<Rerun>;
  /**
   * Cancels a run without an owner, queued or interrupted, and removes its workloads. Returns `owned` if a process
   * drives the run; that process must cancel it.
   */
  abandon(run: RunId): Promise<Abandoned>;
  artifacts(run: RunId): Promise<ArtifactReader>;
  /** Opens a shell in the kept workload of a step. The message of `not-kept` is a clause with the reason. */
  shell(run: RunId, step: StepId, io: ShellIo): Promise<ShellEnd>;
}

export interface StartRequest extends PipelineRequest {
  /** Runtimes in order of preference. The first that answers is used. */
  readonly on: readonly string[];
  /** Where images are built. Absent: where the steps run. */
  readonly builds?: PlaceRequest;
  /** Where workloads are deployed. Absent: where the steps run. */
  readonly deploys?: PlaceRequest;
  readonly jobs?: number;
  readonly pull: 'missing' | 'always' | 'never';
  readonly keepFailed: boolean;
  readonly gitIgnore: boolean;
}

/** How a queued run is to run. What runs is what was requested when it was enqueued. */
export type QueuedRequest = Omit<StartRequest, 'path' | 'stages' | 'steps' | 'environment' | 'inputs'> & {
  /** Where the configuration is, such as a checkout of the requested ref. Default: the requested path. */
  readonly path?: string;
};

export interface ResumeRequest {
  readonly keepFailed?: boolean;
  /** Secrets are not stored, so a resumed run needs them again. */
  readonly inputs?: readonly GivenInput[];
}

export interface RerunRequest extends ResumeRequest {
  /** Runtimes in order of preference. Default: the runtime of the earlier run. */
  readonly on?: readonly string[];
}

export type Started =
  | { readonly status: 'driven'; readonly run: DrivenRun }
  /** The command line is wrong. Nothing was recorded. */
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] };

export type QueuedStart =
  | Started
  | { readonly status: 'held'; readonly by: string }
  /** The run does not wait in the queue. */
  | { readonly status: 'begun' };

export type Rerun =
  | { readonly status: 'driven'; readonly run: DrivenRun }
  /** The run has no plan, or its snapshot no longer exists. The detail is a sentence. */
  | { readonly status: 'impossible'; readonly detail: string }
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly status: 'cancelled' };

export interface DrivenRun {
  readonly id: RunId;
  readonly number: number;
  readonly events: RunReader;
  /** Rejects only with `StoreError`, if the log could no longer be written. */
  readonly done: Promise<DriveResult>;
  /**
   * The first call cancels: `always` stages still run, and clean-up gets its grace period. The second call stops at
   * once. Both return immediately.
   */
  cancel(because: CancelReason): void;
  /** Returns the workloads that a stop at once left, to show to the user. */
  leftBehind(): readonly WorkloadRef[];
  /** Returns the current work outside of steps. */
  activity(): Activity | undefined;
}

export type Resumed =
  | { readonly status: 'driven'; readonly run: DrivenRun }
  | { readonly status: 'held'; readonly by: string }
  | { readonly status: 'finished' }
  /** The run waits in the queue. Nothing of it was begun. */
  | { readonly status: 'queued' }
  /** The runtime of the run does not answer. The run stays interrupted. */
  | { readonly status: 'unavailable'; readonly detail: string }
  /** Secrets are missing or differ, or the cluster is no longer known. The run stays interrupted. */
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly status: 'cancelled' };

/** An object means that the run stays as it is, because its workloads cannot be removed from here. */
export type Abandoned =
  'ended' | 'owned' | 'finished' | Extract<Resumed, { readonly status: 'unavailable' | 'refused' }>;

export interface ArtifactReader {
  list(artifact: FilesArtifact): Promise<readonly ArtifactFile[]>;
  writeTo(artifact: FilesArtifact, directory: string, signal: AbortSignal): Promise<void>;
}

/** How a shell reaches the user: a stream of bytes, or a local process that owns the terminal. */
export interface ShellIo {
  /** Called once, when bytes begin to flow. The terminal is raw from then on. */
  terminal(): Terminal;
  local(argv: readonly string[], place: LocalShell): Promise<number>;
  readonly signal: AbortSignal;
}

export type ShellEnd =
  | { readonly status: 'ended'; readonly exit: Exit }
  | { readonly status: 'not-kept'; readonly message: string }
  /** The runtime of the run does not answer. */
  | { readonly status: 'unavailable'; readonly detail: string }
  /** The cluster of the run is no longer known. */
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] };
