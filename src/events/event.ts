import type { Cause } from '../model/cause.ts';
import type { RunCluster } from '../model/run-cluster.ts';
/**
 * The vocabulary of the log. One log per run; the store numbers its events from 1 without gaps.
 *
 * Raised in four places and no fifth: the life of a step by `steps/decorators/recorded.ts`; runs, stages and iterations
 * by `engine/`; sync decisions by `sync/`; deliveries by `integrations/`. Everything that people or programs see is a
 * fold of these.
 *
 * Changes are additive: a fold skips types and fields that it does not know, `upcast.ts` reads older formats.
 */
import type { Artifact } from '../model/artifact.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { CancelReason, Failure, Outcome, SkipReason } from '../model/outcome.ts';
import type { WorkspaceRef } from '../model/plan.ts';
import type { EndStatus } from '../model/status.ts';
import type { StoredStage, StoredVariable } from '../model/stored-plan.ts';
import type { Cursor, Observation, Stream } from '../model/work.ts';

/** The number of an event in its run's log, from 1; 0 stands for "before the first". */
export type Seq = number;

/** The format of a log written now; an older store is read through `upcast.ts`, a newer one refused. */
export const logFormat = 2;

/** What a run is of. */
export interface Source {
  /** The project's identity (docs/design/product.md, "Ids"): never a remote's URL. */
  readonly project: string;
  /** The folder of the configuration file, absolute. */
  readonly directory: string;
  /** The configuration file, relative to that folder. */
  readonly file: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly ref?: string;
  /** Changed and untracked files at the run's start. */
  readonly dirty?: number;
}

export interface Trigger {
  readonly kind: 'command';
  readonly rerunOf?: RunId;
}

/** How the run was asked to go; enough for `resume` to go on without the command line of before. */
export interface RunSettings {
  /** The runtime that was chosen, such as `docker`; absent while none was. */
  readonly runtime?: string;
  /** For people: `Podman 4.3.1`. */
  readonly engine?: string;
  readonly jobs?: number;
  readonly pull: 'missing' | 'always' | 'never';
  readonly keepFailed: boolean;
  readonly environment?: string;
  /** `--kube-context`: the cluster of steps that name none. */
  readonly kubeContext?: string;
  /** Where steps ran as pods: the way into the cluster, for whoever goes on. */
  readonly cluster?: RunCluster;
}

/** Whose bytes an `output` event carries. */
export type OutputSource =
  | { readonly step: StepId; readonly attempt: number }
  | { readonly workload: string; readonly container: string }
  | { readonly engine: true };

export type RunEvent =
  | {
      readonly type: 'run.queued';
      readonly format: number;
      readonly number: number;
      readonly name: string;
      readonly source: Source;
      readonly trigger: Trigger;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | { readonly type: 'run.started'; readonly settings: RunSettings }
  /** Another process has taken the run over. */
  | { readonly type: 'run.resumed' }
  /** What the engine tells people that belongs to no step. */
  | { readonly type: 'run.noted'; readonly level: 'info' | 'warning'; readonly message: string }
  | {
      readonly type: 'iteration.planned';
      readonly iteration: number;
      /** Absent in the first iteration of a run: `start`. */
      readonly cause?: Cause;
      readonly stages: readonly StoredStage[];
      readonly workspace: WorkspaceRef;
      readonly variables: readonly StoredVariable[];
    }
  | { readonly type: 'stage.started'; readonly iteration: number; readonly stage: number }
  | {
      readonly type: 'stage.finished';
      readonly iteration: number;
      readonly stage: number;
      readonly status: EndStatus;
      readonly because?: SkipReason | CancelReason;
    }
  | { readonly type: 'step.started'; readonly step: StepId; readonly attempt: number }
  | { readonly type: 'step.observed'; readonly step: StepId; readonly attempt: number; readonly fact: Observation }
  /** An attempt has ended and another one, `attempt + 1`, begins with this event. */
  | { readonly type: 'step.attempted'; readonly step: StepId; readonly attempt: number; readonly failure: Failure }
  | {
      readonly type: 'step.finished';
      readonly step: StepId;
      /** 0 for one that never started. */
      readonly attempt: number;
      readonly outcome: Outcome;
      readonly artifacts?: readonly Artifact[];
    }
  | OutputEvent
  | {
      readonly type: 'output.lost';
      readonly from: OutputSource;
      readonly stream: Stream;
      readonly detail: string;
      readonly cursor?: Cursor;
    }
  | { readonly type: 'iteration.finished'; readonly iteration: number; readonly status: EndStatus }
  | {
      readonly type: 'run.finished';
      readonly status: EndStatus;
      readonly because?: RunEndReason;
      readonly detail?: string;
      readonly diagnostics?: readonly Diagnostic[];
    };

/** Why a run ended otherwise than by its steps. `internal`: by a mistake of ours, told in `detail`. */
export type RunEndReason = 'configuration' | 'runtime' | 'store' | 'user' | 'shutdown' | 'internal';

/** A chunk, never a line: partial lines, `\r` and invalid UTF-8 stay as they came. */
export interface OutputEvent {
  readonly type: 'output';
  readonly from: OutputSource;
  readonly stream: Stream;
  /** Bytes of this subject, attempt and stream that were stored before these. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Where the raw stream stood after these bytes: from there a resumed run reads on. */
  readonly cursor?: Cursor;
}

/** As it is handed to a log: stamped by the sink in the process that saw it. */
export type StampedEvent = RunEvent & { readonly at: number };

/** As it is read from a log. `at`: milliseconds since 1970. An event's id for others is `run.epoch.seq`. */
export type StoredEvent = StampedEvent & { readonly run: RunId; readonly epoch: number; readonly seq: Seq };

/** Every type of event, for a filter to offer. */
export type EventType = RunEvent['type'];
