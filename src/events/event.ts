/**
 * The event types of the log. Each run has one log. The store numbers its events from 1 without gaps.
 * Only four places create events: `steps/decorators/recorded.ts` (steps), `engine/` (runs, stages, iterations), `sync/`
 * (sync decisions) and `integrations/` (deliveries). Everything that people or programs see is a fold of events.
 * Changes must be additive: a fold ignores unknown types and fields, and `upcast.ts` reads older formats.
 */
import type { AnnexEvent } from './annex-event.ts';
import type { Cause } from '../model/cause.ts';
import type { RunCluster } from '../model/run-cluster.ts';
import type { Artifact } from '../model/artifact.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { CancelReason, Failure, Outcome, SkipReason } from '../model/outcome.ts';
import type { WorkspaceRef } from '../model/plan.ts';
import type { EndStatus } from '../model/status.ts';
import type { StoredStage, StoredVariable } from '../model/stored-plan.ts';
import type { Cursor, Observation, Stream } from '../model/work.ts';

/** The number of an event in its run's log, from 1. 0 means before the first event. */
export type Seq = number;

/** The format of new logs. `upcast.ts` reads older formats. Newer formats are rejected. */
export const logFormat = 3;

/** The source of a run. */
export interface Source {
  /** The project's id (docs/design/product.md, "Ids"). Never the URL of a remote. */
  readonly project: string;
  /** The absolute folder of the configuration file. */
  readonly directory: string;
  /** The configuration file, relative to that folder. */
  readonly file: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly ref?: string;
  /** The number of changed and untracked files at the run's start. */
  readonly dirty?: number;
}

export interface Trigger {
  readonly kind: 'command' | 'api' | 'webhook' | 'schedule';
  /** The person or program, for people. */
  readonly by?: string;
  readonly rerunOf?: RunId;
}

/** Where a part of a run works. */
export interface PlaceSettings {
  /** The chosen runtime, such as `docker`. Absent if none was chosen. */
  readonly runtime?: string;
  /** For people: `Podman 4.3.1`. */
  readonly engine?: string;
  /** `--kube-context`: the cluster of steps that name none. */
  readonly kubeContext?: string;
  /** The cluster, if the runtime is one, for the next owner. */
  readonly cluster?: RunCluster;
}

/** The settings of a run. `resume` needs nothing else from the original command line. */
export interface RunSettings extends PlaceSettings {
  readonly jobs?: number;
  readonly pull: 'missing' | 'always' | 'never';
  readonly keepFailed: boolean;
  readonly environment?: string;
  /** Where the owner writes the built images if the run succeeds. Absolute. */
  readonly fileOutput?: string;
  /** Where images are built. Absent: where the steps run. */
  readonly builds?: PlaceSettings;
  /** Where workloads are deployed. Absent: where the steps run. */
  readonly deploys?: PlaceSettings;
  /** What is deployed: Jobs of verifications or of an action. Absent: manifests. */
  readonly deployed?: 'jobs';
}

/** The writer of an `output` event's bytes. */
export type OutputSource =
  | { readonly step: StepId; readonly attempt: number }
  | { readonly workload: string; readonly container: string }
  | { readonly engine: true };

/** An event of the process that drives the run. */
export type OwnerEvent =
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
  /** Another process took over the run. */
  | { readonly type: 'run.resumed' }
  /** A message of the engine that belongs to no step. */
  | {
      readonly type: 'run.noted';
      readonly level: 'info' | 'warning';
      /** For `slipway explain`. Absent in older logs, and for messages that need no explanation. */
      readonly code?: string;
      readonly message: string;
    }
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
  /** An attempt failed, and this event starts the next one, `attempt + 1`. */
  | { readonly type: 'step.attempted'; readonly step: StepId; readonly attempt: number; readonly failure: Failure }
  | {
      readonly type: 'step.finished';
      readonly step: StepId;
      /** 0 if the step never started. */
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

/** An event of a log. */
export type RunEvent = OwnerEvent | AnnexEvent | FloorEvent;

/**
 * Stands in place of all events up to its own number, which the store has dropped (`RunLog.cut`). A reader that asks
 * for a dropped event gets this one first: its number is the oldest position that is kept. A fold continues from its
 * state as if it had read them.
 */
export interface FloorEvent {
  readonly type: 'log.floor';
  /** The JSON of the folded state (`stored-state.ts`). */
  readonly state: object;
}

/** Why a run ended other than by the outcome of its steps. `internal`: a bug in Slipway, described in `detail`. */
export type RunEndReason = 'configuration' | 'runtime' | 'store' | 'user' | 'shutdown' | 'internal';

/** A chunk of output, not a line. Partial lines, `\\r` and invalid UTF-8 stay unchanged. */
export interface OutputEvent {
  readonly type: 'output';
  readonly from: OutputSource;
  readonly stream: Stream;
  /** How many bytes of this subject, attempt and stream were stored before. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The position in the raw stream after these bytes. A resumed run continues reading there. */
  readonly cursor?: Cursor;
}

/** An event on its way to the log. The sink of the process that observed it adds the time. */
export type StampedEvent = RunEvent & { readonly at: number };

/**
 * An event as read from a log. `at` is in milliseconds since 1970. External systems identify it by `run.epoch.seq`. An
 * annex event has the epoch that could append when it was stored, so epochs never decrease in a log.
 */
export type StoredEvent = StampedEvent & { readonly run: RunId; readonly epoch: number; readonly seq: Seq };

/** Every event type, for filters. */
export type EventType = RunEvent['type'];
