/**
 * Where runs are kept: one log per run, an index of all runs, leases of their owners, requests to them. Embedded
 * (`sqlite/`), for tests (`memory/`), later for a server (PostgreSQL): all pass `test/contracts/store.contract.ts`. It
 * numbers events and knows who may append; it does not know what a step is beyond the summary that it folds.
 */
import type { Seq, Source, StampedEvent, StoredEvent } from '../events/event.ts';
import type { RunId, StoreId } from '../model/ids.ts';
import type { RunStatus } from '../model/status.ts';

export interface Store extends AsyncDisposable {
  readonly id: StoreId;

  /**
   * Makes a run with an empty log, gives it the next number of its project and takes its lease with epoch 1.
   * The caller appends `run.queued` next; until then the run is listed as queued with nothing known of it.
   */
  create(run: NewRun): Promise<OwnedRun>;

  /**
   * Takes over an unfinished run whose owner is dead: the epoch rises by one, appends of older ones are refused from
   * then on. Of two that try at once, one wins.
   */
  own(run: RunId): Promise<Ownership>;

  /** Reads a run that anybody may own. Throws `StoreError` `not-found`, `newer-format`. */
  read(run: RunId): Promise<RunReader>;

  /** One run as the index has it, with its status as it is now; `undefined`: there is none. */
  summary(run: RunId): Promise<RunSummary | undefined>;

  /** Newest first. Never reads output. */
  runs(query: RunQuery): Promise<readonly RunSummary[]>;

  /**
   * Finds what a person wrote: a whole id, a unique prefix of one (4 characters or more unless digits are ambiguous
   * with a number: a number of `project` wins over a prefix), a number of `project` with or without `#`, or `latest` of
   * it.
   */
  resolve(reference: string, project: string | undefined): Promise<Resolved>;

  /** Asks the owner for something; it sees that within 100 ms. */
  request(run: RunId, request: RunRequest): Promise<void>;

  /**
   * Removes finished runs (and interrupted ones only when they are named) by age, count and size, in the order of a
   * project's numbers.
   */
  prune(policy: Retention): Promise<Pruned>;

  /** Where this run's files besides its log are kept: snapshot, artifacts. It exists. */
  folder(run: RunId): string;
}

export interface NewRun {
  readonly id: RunId;
  readonly project: string;
  readonly createdAt: number;
}

/** What the process that drives a run holds. */
export interface OwnedRun {
  readonly id: RunId;
  readonly number: number;
  readonly epoch: number;
  readonly log: RunLog;
  /**
   * Throws `StoreError` `not-owner` unless this process still holds the lease. Synchronous and cheap (about 20 µs):
   * call it directly before anything that others can see, such as stopping a container. A process that was stopped for
   * a while may have been taken over.
   */
  confirm(): void;
  /**
   * Aborted with a `StoreError` as soon as this process notices that it lost the lease; `release` does not abort it.
   */
  readonly lost: AbortSignal;
  /** Everything that others ask for, from the first request on, each once; ends with the signal. */
  requests(signal: AbortSignal): AsyncIterable<RunRequest>;
  /**
   * Lets the lease go, whether the run has finished or not; flushes; appends are refused afterwards. The log stays
   * readable. A cleanly released run that is unfinished is `interrupted` and can be taken over at once.
   */
  release(): Promise<void>;
}

export type Ownership =
  | { readonly status: 'owned'; readonly run: OwnedRun }
  /** Its owner lives, or cannot be told to be dead. */
  | { readonly status: 'held'; readonly by: OwnerIdentity }
  | { readonly status: 'finished' };

export interface RunReader {
  /**
   * Hands over the log after `after`, then what comes: every event once, in order. A follower that does not read costs
   * nobody memory or time; one that leaves (signal, `break`) is forgotten at once.
   * @param until `now`: ends at what is stored at the call. `finished`: after `run.finished`, or when the run is
   *   unfinished and its owner dead. `forever`: only by the signal (events may follow `run.finished`).
   * An aborted signal ends the iteration normally, and so does disposing this reader.
   * @param what `structural`: without reading output, as `show` does; the default is `all`
   */
  follow(
    after: Seq,
    signal: AbortSignal,
    until: 'now' | 'finished' | 'forever',
    what?: 'all' | 'structural',
  ): AsyncIterable<StoredEvent>;

  /**
   * Bytes of output of one subject (all of them where none is named), in order, without the events around them, as far
   * as they are stored at the call; `tailBytes` counts from the end, over all streams in the order in which they were
   * stored, and cuts the first chunk (its `offset` is that of its first byte left).
   */
  output(query: OutputQuery, signal: AbortSignal): AsyncIterable<StoredOutput>;

  [Symbol.asyncDispose](): Promise<void>;
}

export interface RunLog extends RunReader {
  /**
   * Commits all of them or none; `StoreError` `not-owner` after a takeover, `disk-full`, `read-only`. The result is the
   * number of the last.
   */
  append(events: readonly StampedEvent[]): Promise<Seq>;
}

export interface OutputQuery {
  readonly step?: string;
  readonly attempt?: number;
  readonly tailBytes?: number;
}

export type StoredOutput = Extract<StoredEvent, { type: 'output' }>;

/** Grows by members: pause, redeliver, answer. */
export type RunRequest = { readonly type: 'cancel'; readonly by: string };

export interface RunSummary {
  readonly id: RunId;
  readonly number: number;
  readonly project: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly because?: string;
  readonly source?: Source;
  readonly runtime?: string;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly owner?: OwnerIdentity;
  /** Steps by status, so that a list needs no log. */
  readonly steps: Readonly<Record<string, number>>;
}

export interface RunQuery {
  readonly project?: string;
  readonly limit?: number;
  readonly status?: RunStatus;
  /** With statuses as they are now, `interrupted` included. */
  readonly before?: RunId;
}

export type Resolved =
  | { readonly status: 'found'; readonly run: RunId }
  | { readonly status: 'ambiguous'; readonly candidates: readonly RunId[] }
  | { readonly status: 'none' };

/**
 * Who drives a run. On the same host, boot and PID namespace pid and start time alone decide whether it lives;
 * elsewhere a heartbeat older than 60 s.
 */
export interface OwnerIdentity {
  readonly host: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** In the unit that the system has (clock ticks since boot on Linux): only compared. */
  readonly startTime: string;
}

export interface Retention {
  readonly now: number;
  readonly maxAgeMs?: number;
  readonly maxRunsPerProject?: number;
  readonly maxBytes?: number;
  /**
   * Nobody named these limits. Age then counts from the newest time that two runs confirm instead of `now`, and the
   * newest runs of each project stay: 5 whatever their age, 1 whatever its size. A clock that is wrong during one run
   * removes nothing.
   */
  readonly cautious?: true;
  /**
   * These as well, and only these unless another limit is given; also interrupted ones, never those with a living
   * owner.
   */
  readonly runs?: readonly RunId[];
  readonly dryRun?: boolean;
}

export interface Pruned {
  readonly removed: readonly {
    readonly run: RunId;
    readonly number: number;
    readonly project: string;
    readonly bytes: number;
  }[];
  readonly kept: number;
  readonly bytes: number;
  /** The moment from which ages were counted, in milliseconds since 1970. */
  readonly countedFrom: number;
}

/** The store cannot do what it must: the run stops, and the exit code is 3. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly code: 'not-owner' | 'disk-full' | 'read-only' | 'newer-format' | 'not-found' | 'corrupt' | 'unavailable',
    message: string,
    /** What the user can do. */
    readonly help?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
