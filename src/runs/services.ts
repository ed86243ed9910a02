import type { VariableScope } from '../model/variable-scope.ts';
import type { RunCluster } from '../model/run-cluster.ts';
/**
 * What the commands need done, as promises; `app/compose.ts` makes the real ones, each lazily, so that `--version` and
 * `runs` load no engine client.
 */
import type { Activity } from '../model/activity.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { CancelReason, Cancelled } from '../model/outcome.ts';
import type { DriveResult } from '../engine/run-driver.ts';
import type { Plan } from '../model/plan.ts';
import type { Connection, Exit, LocalShell, Terminal, WorkloadRef } from '../runtime/runtime.ts';
import type { Pruned, Retention, RunReader, Store } from '../store/store.ts';
import type { ArtifactFile } from '../workspace/workspace.ts';
import type { FilesArtifact } from '../model/artifact.ts';

export interface Services extends AsyncDisposable {
  /** Opens the state folder at the first call. Throws `StoreError`. */
  store(): Promise<Store>;
  /** The project that a path belongs to (docs/design/product.md, "Ids"): for `latest` and numbers. */
  project(path: string): Promise<string>;
  /** Reads and checks the configuration; touches nothing else. */
  load(request: PipelineRequest): Promise<Checked<LoadedPipeline>>;
  /**
   * Every variable that the configuration could use, also where it does so wrongly; touches nothing else but the number
   * of the next run.
   */
  variables(request: PipelineRequest): Promise<Checked<VariableScope>>;
  /** What a configuration calls its parts, whatever else may be wrong with it; `undefined` where it cannot be read. */
  outline(path: string): Promise<PipelineOutline | undefined>;
  /**
   * Records a run and drives it. Resolves as soon as the run has an id, before its first event is there; a
   * configuration that cannot run and a runtime that does not answer are recorded too, and told by `done`. Mistakes on
   * the command line are not: a path without a pipeline, stages, steps, environments, inputs and clusters that are not
   * there. Rejects with `StoreError` only when nothing could be recorded.
   */
  start(request: StartRequest): Promise<Started>;
  /** Goes on with an interrupted run. */
  resume(run: RunId, request: ResumeRequest): Promise<Resumed>;
  /** A new run of what another one had planned, in the tree and with the variables that it had. */
  rerun(run: RunId, request: RerunRequest): Promise<Rerun>;
  /**
   * Ends a run without an owner as cancelled, cleaning up what it left; `owned` if somebody drives it (ask that one
   * with a request).
   */
  abandon(run: RunId): Promise<Abandoned>;
  artifacts(run: RunId): Promise<ArtifactReader>;
  /** A shell in a step that was kept; the message of `not-kept` says in a clause why there is none. */
  shell(run: RunId, step: StepId, io: ShellIo): Promise<ShellEnd>;
  /**
   * What is wrong with where somebody says that something is, as far as files of this machine tell: no engine and no
   * cluster is asked.
   */
  checkPlace(where: LookedAt): Promise<readonly Diagnostic[]>;
  /** Everything that is there or lacks; never throws because something is missing. */
  examine(where: LookedAt, signal: AbortSignal): Promise<readonly Examined[]>;
  /** What runs of this store whose owners are dead left on every runtime that answers. */
  leftovers(where: LookedAt & LeftBy, signal: AbortSignal): Promise<Leftovers>;
  /** What the operator's file calls clusters. */
  clusterNames(): Promise<readonly string[]>;
  /** What the user's own kubeconfig calls contexts; none where it cannot be read. */
  contextNames(): Promise<readonly string[]>;
  prune(policy: Retention): Promise<PrunedAll>;
}

export interface PrunedAll extends Omit<Pruned, 'countedFrom'> {
  readonly caches: { readonly removed: number; readonly bytes: number };
  /**
   * What `--keep-failed` kept of runs that are removed, and that is where nobody has looked now: clusters, engines that
   * do not answer.
   */
  readonly staying: readonly Staying[];
}

/** A workload that outlives the log of its run. */
export interface Staying {
  readonly run: RunId;
  readonly number: number;
  readonly project: string;
  readonly name: string;
  /** Of `--on`. */
  readonly runtime: string;
  /** Where it is one. */
  readonly cluster?: RunCluster;
}

/** A value for an input, and how it was given: what is an argument can be read by everybody on the machine. */
export interface GivenInput {
  readonly name: string;
  readonly value: string;
  readonly from: 'argument' | 'file' | 'environment' | 'prompt';
}

/**
 * How a shell reaches the person: bytes to and from a terminal, or a process of this machine that has the terminal
 * itself.
 */
export interface ShellIo {
  /** Asked for once, when bytes begin to flow: the terminal is raw from then on. */
  terminal(): Terminal;
  local(argv: readonly string[], place: LocalShell): Promise<number>;
  readonly signal: AbortSignal;
}

export type ShellEnd =
  | { readonly status: 'ended'; readonly exit: Exit }
  | { readonly status: 'not-kept'; readonly message: string }
  /** What the run was on does not answer. */
  | { readonly status: 'unavailable'; readonly detail: string }
  /** Nobody knows the cluster that the run was on any more. */
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] };

export interface PipelineRequest {
  /** A folder or a `.wharf-ci.yml`, absolute. */
  readonly path: string;
  /** `--root`: a parent of the configuration's folder that is the workspace instead. */
  readonly root?: string;
  readonly stages: readonly string[];
  readonly steps: readonly string[];
  readonly environment?: string;
  /** `validate`: every part of the file is checked, also what could not be run now; default `run`. */
  readonly purpose?: 'run' | 'validate';
  /** `--input name=value` and `SLIPWAY_INPUT_NAME`, in the order given, the last wins. */
  readonly inputs: readonly GivenInput[];
  /** `--build-id`: `BUILD_REF`; absent: the number that the run has, or the next one would have. */
  readonly buildId?: string;
  /** `--project-id`: `PROJECT_ID`. */
  readonly projectId?: string;
  /**
   * Where the steps would run, by preference; the cluster of `--on kubernetes` is also that of steps that name none.
   */
  readonly on?: readonly string[];
  /**
   * `--kube-context`: the cluster of steps that name none, as the user's own kubeconfig calls it; of `--on kubernetes`,
   * too.
   */
  readonly kubeContext?: string;
  /**
   * Returns `BUILD_REF` where nothing else defines it (docs/design/wharf.md, "Variables"): the number of the run, or of
   * the next one. Called only where something may mention it, as it opens the store. Absent: any number does.
   */
  readonly runNumber?: () => Promise<number>;
  /** Called as soon as it is known that the command line fits the file, and not at all otherwise. */
  readonly accepted?: () => void;
}

export interface LoadedPipeline {
  readonly name: string;
  readonly directory: string;
  readonly file: string;
  readonly plan: Plan;
  readonly environments: readonly string[];
  /** The plan as a run would have it: variables filled in, secrets as `***`. */
  filled(): Plan;
}

/** Names, for who is about to write one. */
export interface PipelineOutline {
  readonly stages: readonly { readonly name: string; readonly steps: readonly string[] }[];
  readonly environments: readonly string[];
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    /** Of a choice. */ readonly values: readonly string[];
  }[];
}

export interface StartRequest extends PipelineRequest {
  /** In order of preference; the first that answers is taken. */
  readonly on: readonly string[];
  readonly jobs?: number;
  readonly pull: 'missing' | 'always' | 'never';
  readonly keepFailed: boolean;
  readonly gitIgnore: boolean;
  /** Asked when no engine of `on` answers and somebody sits there: run on the host instead? Absent: nobody to ask. */
  readonly askForHost?: (connections: readonly Connection[]) => Promise<boolean>;
  readonly askForSecret?: AskForSecret;
}

/**
 * Asked for a password that nobody gave, where somebody sits there; `undefined`: no answer, `Cancelled`: Ctrl-C.
 * @param wrong what was given before is not what the run had
 */
export type AskForSecret = (name: string, wrong?: boolean) => Promise<string | undefined | Cancelled>;

export interface ResumeRequest {
  readonly keepFailed?: boolean;
  /** Secrets are stored nowhere, so they have to be given again. */
  readonly inputs?: readonly GivenInput[];
  readonly askForSecret?: AskForSecret;
}

export interface RerunRequest extends ResumeRequest {
  /** In order of preference; absent: where the other one ran. */
  readonly on?: readonly string[];
}

export type Started =
  | { readonly status: 'driven'; readonly run: DrivenRun }
  /** The command line is wrong; nothing was recorded. */
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] };

export type Rerun =
  | { readonly status: 'driven'; readonly run: DrivenRun }
  /** The run ended before there was a plan, or what it worked on is gone: in a sentence. */
  | { readonly status: 'impossible'; readonly detail: string }
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly status: 'cancelled' };

export interface DrivenRun {
  readonly id: RunId;
  readonly number: number;
  readonly events: RunReader;
  /** Never rejects but with `StoreError`, when the log could not be written any more. */
  readonly done: Promise<DriveResult>;
  /**
   * First call: cancels, `always` stages still run, clean-up gets its grace. Second: stops at once. Resolves at once.
   */
  cancel(because: CancelReason): void;
  /** What a stop at once left behind, for people. */
  leftBehind(): readonly WorkloadRef[];
  /** What it is busy with at this moment, where no step tells of it. */
  activity(): Activity | undefined;
}

export type Resumed =
  | { readonly status: 'driven'; readonly run: DrivenRun }
  | { readonly status: 'held'; readonly by: string }
  | { readonly status: 'finished' }
  /** The runtime that the run was on does not answer; the run stays interrupted. */
  | { readonly status: 'unavailable'; readonly detail: string }
  /**
   * Secrets that it had were not given, or others were, or nobody knows its cluster any more; the run stays
   * interrupted.
   */
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly status: 'cancelled' };

/** An object: it stays as it is, since what it left cannot be removed from here. */
export type Abandoned =
  'ended' | 'owned' | 'finished' | Extract<Resumed, { readonly status: 'unavailable' | 'refused' }>;

export interface ArtifactReader {
  list(artifact: FilesArtifact): Promise<readonly ArtifactFile[]>;
  writeTo(artifact: FilesArtifact, directory: string, signal: AbortSignal): Promise<void>;
}

/** What `doctor` is about. */
export interface LookedAt {
  /** Absent: all of this machine, and no cluster. */
  readonly on?: readonly string[];
  readonly kubeContext?: string;
}

/** Whose leftovers are meant. */
export interface LeftBy {
  /**
   * Of this run alone, which this store may know no more; what `--keep-failed` kept of it is among them. Without `on`
   * it is looked for where the run was. Absent: of all runs, without what was kept.
   */
  readonly run?: RunId;
}

export interface Examined {
  readonly subject: string;
  readonly status: 'ok' | 'missing' | 'warning';
  readonly detail: string;
  /** What to do; empty when it is well. */
  readonly advice: readonly string[];
}

export interface Leftovers extends AsyncDisposable {
  readonly items: readonly Leftover[];
  /** Interrupted runs on clusters that were not looked at, as nobody has named them. */
  readonly elsewhere: readonly {
    readonly run: RunId;
    readonly number: number;
    readonly project: string;
    readonly cluster: RunCluster;
  }[];
  /** What was named and could not be looked at. */
  readonly unanswered: readonly { readonly where: string; readonly reason: string }[];
  /**
   * Removes those with `removable` that are wanted, and ends the interrupted runs that they are of as cancelled;
   * returns what could not be removed.
   * @param report told of each that was removed
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
  /** Absent where this store knows no such run any more. */
  readonly number?: number;
  readonly project?: string;
  /** Its run is unfinished and nobody drives it: it can be resumed until its leftovers are removed. */
  readonly interrupted: boolean;
  readonly removable: boolean;
  /** Why it is left: its owner lives, it was kept for `shell`, another store made it. */
  readonly reason: string;
}
