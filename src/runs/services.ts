/**
 * The operations that commands need. `app/compose.ts` makes the real ones, each lazily, so that `--version` and `runs`
 * load no engine client.
 */
import type { Interaction } from './interaction.ts';
import type { RunState, StepState } from '../events/run-state.ts';
import type { StepSpec } from '../model/plan.ts';
import type { JsonSchema, SchemaName } from '../schema/json-schema.ts';
import type { StepText } from '../words/step-text.ts';
import type { LoadedPipeline, PipelineOutline, PipelineRequest } from '../engine/front-end.ts';
import type { GivenInput } from '../model/given-input.ts';
import type { VariableScope } from '../model/variable-scope.ts';
import type { RunCluster } from '../model/run-cluster.ts';
import type { Activity } from '../model/activity.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { CancelReason } from '../model/outcome.ts';
import type { DriveResult } from '../engine/run-driver.ts';
import type { Exit, LocalShell, Terminal, WorkloadRef } from '../runtime/runtime.ts';
import type { Pruned, Retention, RunReader, Store } from '../store/store.ts';
import type { ArtifactFile } from '../workspace/workspace.ts';
import type { FilesArtifact } from '../model/artifact.ts';

export interface Services extends AsyncDisposable {
  /** Returns the text of a step in a plan. */
  stepText(spec: StepSpec): StepText;
  /** Returns the text of a step in a log, with its variables filled in. It contains no secret. */
  stepTextOf(state: RunState, step: StepState): StepText;
  /** Returns the JSON Schema of a configuration file. */
  schema(name: SchemaName): Promise<JsonSchema>;
  /** Opens the state folder on the first call. Throws `StoreError`. */
  store(): Promise<Store>;
  /** Returns the project of a path, which `latest` and run numbers refer to (docs/design/product.md, "Ids"). */
  project(path: string): Promise<string>;
  /** Reads and checks the configuration. Has no other effect. */
  load(request: PipelineRequest): Promise<Checked<LoadedPipeline>>;
  /**
   * Returns every variable that the configuration could use, including wrong uses. Also reads the next run number. Has
   * no other effect.
   */
  variables(request: PipelineRequest): Promise<Checked<VariableScope>>;
  /** Returns the names in a configuration, even if it has errors. Returns `undefined` if the file cannot be read. */
  outline(path: string): Promise<PipelineOutline | undefined>;
  /**
   * Records a run and drives it. Resolves once the run has an id, before its first event.
   * An invalid configuration and an unavailable runtime are recorded too; `done` reports them. Mistakes on the command
   * line are not recorded: an unknown pipeline path, stage, step, environment, input or cluster.
   * Rejects with `StoreError` only if nothing could be recorded.
   */
  start(request: StartRequest, interaction?: Interaction): Promise<Started>;
  /** Resumes an interrupted run. */
  resume(run: RunId, request: ResumeRequest, interaction?: Interaction): Promise<Resumed>;
  /** Starts a new run of the plan of an earlier one, with its tree and its variables. */
  rerun(run: RunId, request: RerunRequest, interaction?: Interaction): Promise<Rerun>;
  /**
   * Cancels a run without an owner, queued or interrupted, and removes its workloads. Returns `owned` if a process drives the run; that process
   * must cancel it.
   */
  abandon(run: RunId): Promise<Abandoned>;
  artifacts(run: RunId): Promise<ArtifactReader>;
  /** Opens a shell in the kept workload of a step. The message of `not-kept` is a clause with the reason. */
  shell(run: RunId, step: StepId, io: ShellIo): Promise<ShellEnd>;
  /** Checks the named runtimes and clusters against files of this machine only. Contacts no engine and no cluster. */
  checkPlace(where: LookedAt): Promise<readonly Diagnostic[]>;
  /** Returns what is available and what is missing. Never throws because something is missing. */
  examine(where: LookedAt, signal: AbortSignal): Promise<readonly Examined[]>;
  /** Returns the leftovers of runs whose owners died, on every runtime that answers. */
  leftovers(where: LookedAt & LeftBy, signal: AbortSignal): Promise<Leftovers>;
  /** Returns the names of clusters in the operator's file. */
  clusterNames(): Promise<readonly string[]>;
  /** Returns the names of contexts in the user's kubeconfig, or none if it cannot be read. */
  contextNames(): Promise<readonly string[]>;
  prune(policy: Retention): Promise<PrunedAll>;
}

export interface PrunedAll extends Omit<Pruned, 'countedFrom'> {
  readonly caches: { readonly removed: number; readonly bytes: number };
  /**
   * Kept workloads (`--keep-failed`) of removed runs, on runtimes that prune does not contact: clusters, and engines
   * that do not answer.
   */
  readonly staying: readonly Staying[];
}

/** A workload that remains after the log of its run was removed. */
export interface Staying {
  readonly run: RunId;
  readonly number: number;
  readonly project: string;
  readonly name: string;
  /** The runtime as in `--on`. */
  readonly runtime: string;
  /** Present if the workload is on a cluster. */
  readonly cluster?: RunCluster;
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

export interface StartRequest extends PipelineRequest {
  /** Runtimes in order of preference. The first that answers is used. */
  readonly on: readonly string[];
  readonly jobs?: number;
  readonly pull: 'missing' | 'always' | 'never';
  readonly keepFailed: boolean;
  readonly gitIgnore: boolean;
}

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

/** The runtimes and clusters that `doctor` checks. */
export interface LookedAt {
  /** Absent: all runtimes of this machine, and no cluster. */
  readonly on?: readonly string[];
  readonly kubeContext?: string;
}

/** Selects leftovers by run. */
export interface LeftBy {
  /**
   * Only leftovers of this run, including kept workloads. The store may not know the run. Without `on`, the runtime of
   * the run is searched. Absent: leftovers of all runs, without kept workloads.
   */
  readonly run?: RunId;
}

export interface Examined {
  readonly subject: string;
  readonly status: 'ok' | 'missing' | 'warning';
  readonly detail: string;
  /** What to do. Empty if the status is `ok`. */
  readonly advice: readonly string[];
}

export interface Leftovers extends AsyncDisposable {
  readonly items: readonly Leftover[];
  /** Interrupted runs on clusters that were not searched, because no option named them. */
  readonly elsewhere: readonly {
    readonly run: RunId;
    readonly number: number;
    readonly project: string;
    readonly cluster: RunCluster;
  }[];
  /** Named runtimes and clusters that could not be searched. */
  readonly unanswered: readonly { readonly where: string; readonly reason: string }[];
  /**
   * Removes the wanted leftovers with `removable`, and cancels their interrupted runs. Returns the failed removals.
   * @param report called for each removed leftover
   */
  clean(
    report: (item: Leftover) => void,
    wanted?: (item: Leftover) => boolean,
  ): Promise<readonly { readonly item: Leftover; readonly reason: string }[]>;
}

export interface Leftover {
  readonly kind: 'container' | 'process' | 'pod';
  readonly name: string;
  readonly run?: RunId;
  /** Absent if the store does not know the run. */
  readonly number?: number;
  readonly project?: string;
  /** The run has not finished and has no owner. It can be resumed until its leftovers are removed. */
  readonly interrupted: boolean;
  readonly removable: boolean;
  /** Why the leftover exists: its owner is alive, it was kept for `shell`, or another store made it. */
  readonly reason: string;
}
