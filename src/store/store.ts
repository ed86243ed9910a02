/**
 * The interface to the storage of runs: one log for each run, an index of all runs, their owners' leases, requests to
 * owners. Implementations: `sqlite/` (embedded), `memory/` (tests), later PostgreSQL (server). All pass
 * `test/contracts/store.contract.ts`. A store numbers events and knows who may append. It knows steps only in the
 * summary that it folds.
 */
import type { AnnexEvent } from '../events/annex-event.ts';
import type { Seq, Source, StampedEvent, StoredEvent } from '../events/event.ts';
import type { QueuedRun } from '../events/queued-run.ts';
import type { RunId, StepId, StoreId } from '../model/ids.ts';
import type { RunStatus } from '../model/status.ts';

export interface Store extends AsyncDisposable {
  readonly id: StoreId;

  /**
   * Creates a run with an empty log, the next number of its project, and a lease with epoch 1. The caller appends
   * `run.queued` next. Until then the run is listed as queued, without details.
   */
  create(run: NewRun): Promise<OwnedRun>;

  /**
   * Stores a run for a process that begins it later, with the next number of its project, an empty log and no owner.
   * Throws a `TypeError` with all problems of `queued` (`queuedRunProblems`).
   */
  enqueue(run: NewRun, queued: QueuedRun): Promise<RunSummary>;

  /**
   * Takes the lease of a run that waits in the queue; the first one has epoch 1. Of several concurrent callers one wins.
   * If the new owner dies or releases the run before it stores `run.queued`, the run waits again.
   */
  take(run: RunId): Promise<Taken>;

  /** Returns what was asked for when the run was enqueued; `undefined` if it was not. */
  queued(run: RunId): Promise<QueuedRun | undefined>;

  /**
   * Takes over an unfinished run whose owner is dead. Increases the epoch by one; appends of older epochs are refused
   * from then on. Of two concurrent callers one wins.
   */
  own(run: RunId): Promise<Ownership>;

  /** Opens a run for reading, with any owner. Throws `StoreError` `not-found`, `newer-format`. */
  read(run: RunId): Promise<RunReader>;

  /**
   * Opens a run to add events as another process than its owner, also after the run's end. Throws `StoreError`
   * `not-found`.
   */
  annex(run: RunId): Promise<Annex>;

  /** Which runs have new events. */
  readonly feed: Feed;

  /** Returns one run from the index, with its current status; `undefined` if there is none. */
  summary(run: RunId): Promise<RunSummary | undefined>;

  /** Returns runs, newest first. Never reads output. */
  runs(query: RunQuery): Promise<readonly RunSummary[]>;

  /** Returns the refs of a project's runs, in alphabetical order, at most 1,000. */
  refs(project: string): Promise<readonly string[]>;

  /**
   * Resolves a user's reference: a whole id, a unique prefix (4 characters or more), a number of `project` with or
   * without `#`, or `latest`. If a prefix has only digits, a number of `project` wins.
   */
  resolve(reference: string, project: string | undefined): Promise<Resolved>;

  /** Sends a request to the owner, which sees it within 100 ms. Returns it with its id and time. */
  request(run: RunId, request: SentRequest): Promise<RunRequest>;

  /**
   * Yields what became of a request, now and after each change. Ends after the answer, on the signal, and once no owner
   * can answer: the run has ended, or its owner is dead. A run in the queue is awaited.
   */
  requestStates(run: RunId, request: string, signal: AbortSignal): AsyncIterable<RequestState>;

  /**
   * Removes finished runs by age, count and size, in the order of a project's numbers. Removes interrupted runs only if
   * they are named. Never removes a run in the queue.
   */
  prune(policy: Retention): Promise<Pruned>;

  /** Returns the folder for this run's files besides its log: snapshot, artifacts. The folder exists. */
  folder(run: RunId): string;
}

export interface NewRun {
  readonly id: RunId;
  readonly project: string;
  readonly createdAt: number;
}

/** A run, as held by the process that drives it. */
export interface OwnedRun {
  readonly id: RunId;
  readonly number: number;
  readonly epoch: number;
  readonly log: RunLog;
  /**
   * Throws `StoreError` `not-owner` unless this process still holds the lease. Synchronous and cheap (about 20 µs).
   * Call it directly before any outside effect, such as stopping a container: another process may have taken over while
   * this one was suspended.
   */
  confirm(): void;
  /**
   * Aborted with a `StoreError` as soon as this process notices that it lost the lease. `release` does not abort it.
   */
  readonly lost: AbortSignal;
  /**
   * Yields each request once, also one that an earlier owner did not carry out to the run's end. Ends on the signal.
   * Leaves requests of unknown types unread, and notes that for the requester.
   * @param until `now`: ends after the requests that wait already. Default: `forever`
   */
  requests(signal: AbortSignal, until?: 'now' | 'forever'): AsyncIterable<RunRequest>;
  /**
   * Sends a request to this run itself, for the case that this process is killed before it has carried it out. Throws
   * `StoreError` `not-owner` and stores nothing if another process has taken over, or the lease is released.
   */
  request(request: SentRequest): Promise<void>;
  /** Tells the requester what became of a request. Never rejects: the log has what follows from it. */
  answer(request: string, answer: RequestAnswer): Promise<void>;
  /**
   * Flushes and releases the lease, whether the run has finished or not. Later appends are refused. The log stays
   * readable. A released unfinished run is `interrupted`, and can be taken over at once.
   */
  release(): Promise<void>;
}

export type Ownership =
  | { readonly status: 'owned'; readonly run: OwnedRun }
  /** The owner lives, or is not known to be dead. */
  | { readonly status: 'held'; readonly by: OwnerIdentity }
  | { readonly status: 'finished' }
  /** Nobody has begun the run: see `take`. */
  | { readonly status: 'queued' };

export type Taken =
  | { readonly status: 'owned'; readonly run: OwnedRun; readonly queued: QueuedRun }
  | { readonly status: 'held'; readonly by: OwnerIdentity }
  /** The run does not wait in the queue: its log has `run.queued`, or it was created with an owner. */
  | { readonly status: 'begun' };

export interface RunReader {
  /**
   * Yields the log after `after`, then new events, page by page: every event once, in order. Readers of one process
   * share pages, and so their JSON. A slow follower costs others no memory and no time. A follower that leaves (signal,
   * `break`) is freed at once. An aborted signal, or disposing this reader, ends the iteration normally.
   * @param until `now`: ends at the last event stored at the call. `finished`: ends after `run.finished`, or when the
   * run is unfinished and its owner dead. A run in the queue is awaited. `forever`: ends only on the signal (events may follow `run.finished`).
   * @param what `structural`: skips output, as `show` does. Default: `all`
   */
  pages(after: Seq, signal: AbortSignal, until: Until, what?: 'all' | 'structural'): AsyncIterable<EventPage>;

  /** Yields the events of `pages` one by one. */
  follow(after: Seq, signal: AbortSignal, until: Until, what?: 'all' | 'structural'): AsyncIterable<StoredEvent>;

  /**
   * Yields the output of one subject (or all output) that is stored at the call, in order. `tailBytes` limits it to the
   * last bytes over all streams, in stored order. It cuts the first chunk, whose `offset` is then that of its first
   * remaining byte.
   */
  output(query: OutputQuery, signal: AbortSignal): AsyncIterable<StoredOutput>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** See `RunReader.pages`. */
export type Until = 'now' | 'finished' | 'forever';

/** Events that follow each other in a log, at least one. Bounded: about 256 KiB of output, or one longer event. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** The lines of `eventToJson` as UTF-8, each with its newline. Made once for all readers of the page. */
  readonly json: Buffer;
  /** Views of `json`, one for each event. */
  readonly lines: readonly Buffer[];
  /** The number up to which the log has been read. Skipped output may follow the last event. */
  readonly through: Seq;
}

export interface RunLog extends RunReader {
  /**
   * Commits all events or none. Returns the number of the last. Throws `StoreError`: `not-owner` after a takeover,
   * `disk-full`, `read-only`.
   */
  append(events: readonly StampedEvent[]): Promise<Seq>;
  /**
   * Drops all events up to `through`, and stores a `log.floor` with that number in their place. Readers see the whole
   * log or the floor, and at any moment no gap but the one before the floor. Throws like `append`, and `RangeError` if
   * there is no such event.
   * @param state the folded state after `through` (`events/stored-state.ts`)
   */
  cut(through: Seq, state: object): Promise<void>;
}

/** Adds events to a run beside its owner. They do not disturb the owner's appends. */
export interface Annex extends AsyncDisposable {
  /**
   * Stamps and commits all events or none, in the same sequence as the owner's. Returns the number of the last. Their
   * epoch is the one that could append at that moment. Throws `StoreError`: `not-found` if the run has been removed,
   * `disk-full`, `read-only`.
   */
  append(events: readonly AnnexEvent[]): Promise<Seq>;
}

/** The position in a feed. It holds in every process that uses the store, and is never reused. 0: the beginning. */
export type FeedCursor = number;

export interface RunChange {
  readonly run: RunId;
  /** The run has events up to this number, at least. */
  readonly seq: Seq;
  /** The position after this notice. Store it once the events have been handled. */
  readonly cursor: FeedCursor;
}

export interface Feed {
  /**
   * Yields each run that has events since `after`, then those that get new ones. One notice may stand for many events.
   * No event is left without a later notice, also if its writer or this reader is killed; a notice may come again. Ends
   * normally on the signal.
   */
  changed(after: FeedCursor, signal: AbortSignal): AsyncIterable<RunChange>;
}

export interface OutputQuery {
  /** Only output of this step. */
  readonly step?: string;
  readonly attempt?: number;
  /** Only output of this workload that is no step's, and of this one of its containers. */
  readonly workload?: string;
  readonly container?: string;
  readonly tailBytes?: number;
}

export type StoredOutput = Extract<StoredEvent, { type: 'output' }>;

/**
 * What one process asks the owner of a run to do. `by` names the requester and `reason` says why, both for people.
 * Extended by adding members: execute, pause, redeliver.
 */
export type SentRequest = { readonly by: string; readonly reason?: string } & (
  | { readonly type: 'cancel' }
  /** Cancels one step. The others go on. */
  | { readonly type: 'cancelStep'; readonly step: StepId }
);

/** A stored request. `id` is unique in its store, and `at` is in milliseconds since 1970. */
export type RunRequest = SentRequest & { readonly id: string; readonly at: number };

export type RequestState =
  /** No owner has read it. `detail`: the owner left it unread. */
  | { readonly status: 'waiting'; readonly detail?: string }
  /** The owner has read it. */
  | { readonly status: 'seen' }
  | RequestAnswer;

/** `done`: the owner has begun what was asked, and the log has what follows. */
export type RequestAnswer = { readonly status: 'done' } | { readonly status: 'refused'; readonly detail: string };

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
  /** The number of steps by status, so that a list needs no log. */
  readonly steps: Readonly<Record<string, number>>;
}

export interface RunQuery {
  readonly project?: string;
  readonly limit?: number;
  /** Current statuses, `interrupted` included. A run matches with any of them. */
  readonly statuses?: readonly RunStatus[];
  /** The beginning of a commit's hash. */
  readonly commit?: string;
  /** A whole ref (`refs/heads/main`), or the name of a branch or tag. */
  readonly ref?: string;
  /** The URL of a remote or the end of its path (`team/shop`), each with or without `.git`. */
  readonly repository?: string;
  readonly before?: RunId;
}

export type Resolved =
  | { readonly status: 'found'; readonly run: RunId }
  | { readonly status: 'ambiguous'; readonly candidates: readonly RunId[] }
  | { readonly status: 'none' };

/**
 * The owner of a run. On the same host, boot and PID namespace only pid and start time decide whether it lives;
 * elsewhere a heartbeat older than 60 s means dead.
 */
export interface OwnerIdentity {
  readonly host: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** In the system's unit (clock ticks since boot on Linux). Only compared. */
  readonly startTime: string;
}

export interface Retention {
  readonly now: number;
  readonly maxAgeMs?: number;
  readonly maxRunsPerProject?: number;
  readonly maxBytes?: number;
  /**
   * The limits are defaults. Ages count from the newest time that two runs confirm instead of `now`. The newest runs of
   * each project stay: 5 whatever their age, 1 whatever its size. A wrong clock during one run removes nothing.
   */
  readonly cautious?: true;
  /**
   * Also removes these runs; only these if no other limit is given. Includes interrupted runs, never those with a
   * living owner.
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
  /** The time from which ages were counted, in milliseconds since 1970. */
  readonly countedFrom: number;
}

/** The store failed. The run stops, and the exit code is 3. */
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
