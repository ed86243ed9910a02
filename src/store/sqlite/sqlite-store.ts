/**
 * Stores runs in a folder that any number of processes use at once:
 *
 *     index.db            an entry for each run, run numbers by project, leases, requests
 *     runs/<id>/run.db    the log of a run; beside it other files of the run (snapshot, artifacts)
 *     removed/<id>        a run that `prune` is deleting
 */
import type { Clock } from '../../model/clock.ts';
import type { QueuedRun } from '../../events/queued-run.ts';
import { checkQueuedRun } from '../../events/queued-run.ts';
import type { RunId, StoreId } from '../../model/ids.ts';
import { isEnd } from '../../model/status.ts';
import { HeldLease, type HeldLeaseParts } from '../held-lease.ts';
import type { IsAlive, Lease } from '../lease.ts';
import { heartbeatEveryMs, isLeaseDead } from '../lease.ts';
import { statesOf } from '../request-states.ts';
import { resolveRun } from '../resolve-run.ts';
import { isRepositoryNamed, refsNamed, selectRuns } from '../run-query.ts';
import type { FoldedRun } from '../run-summary.ts';
import { foldedQueued, foldSummary, toSummary, unknownRun } from '../run-summary.ts';
import type {
  Annex,
  Feed,
  NewRun,
  OwnedRun,
  OwnerIdentity,
  Ownership,
  Pruned,
  Resolved,
  Retention,
  RunQuery,
  RunReader,
  RequestState,
  RunRequest,
  RunSummary,
  SentRequest,
  Store,
  Taken,
} from '../store.ts';
import { TurnBudget } from '../turn-budget.ts';
import { SqliteAnnex } from './annex.ts';
import { ChangeNotifier } from './change-notifier.ts';
import type { WriterId } from './change-table.ts';
import { IndexFeed } from './index-feed.ts';
import { IndexWatch } from './index-watch.ts';
import { SqliteOwnedRun } from './owned-run.ts';
import { prune } from './prune.ts';
import { RequestInbox } from './request-inbox.ts';
import { RunFeed } from './run-feed.ts';
import { RunFile } from './run-file.ts';
import { RunFolders } from './run-folders.ts';
import type { IndexedRun } from './run-index.ts';
import { RunIndex, notFound } from './run-index.ts';
import { SqliteRunReader } from './run-reader.ts';
import { SharedFeeds } from './shared-feeds.ts';
import type { RunFilter } from './run-search.ts';
import { SummaryKeeper } from './summary-keeper.ts';
import { onAbort } from '../../util/abort.ts';

export interface SqliteStoreOptions {
  /** Created if it is missing. */
  readonly folder: string;
  /** This process. */
  readonly owner: OwnerIdentity;
  readonly clock: Clock;
  readonly isAlive: IsAlive;
  /** Called with messages for the user: the newest changes cannot be read on a full or read-only disk. */
  readonly note?: (message: string) => void;
}

/** Throws `StoreError` if the folder cannot be used. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const folders = new RunFolders(options.folder);
  folders.prepare();
  return new SqliteStore(options, folders, await RunIndex.open(folders.indexPath, options.note));
}

/** A lease that was just stored for this process. */
type TakenLease = Pick<HeldLeaseParts, 'run' | 'epoch' | 'heartbeat'>;

interface Taking<T> {
  /** Reports whether the log of the run allows a new owner. */
  readonly free: (feed: RunFeed) => Promise<boolean>;
  /** The result if it does not. */
  readonly otherwise: T;
  readonly owned: (run: OwnedRun) => T;
}

class SqliteStore implements Store {
  readonly #feeds = new SharedFeeds(async (run) => await this.#makeFeed(run));
  readonly #owned = new Map<RunId, { readonly epoch: number; readonly lease: HeldLease }>();
  readonly #notifiers = new Set<ChangeNotifier>();
  readonly feed: Feed;
  #annexes = 0;
  readonly #watch: IndexWatch;
  readonly #appendTurn = new TurnBudget();
  readonly #readTurn = new TurnBudget();
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #options: SqliteStoreOptions;
  readonly #folders: RunFolders;
  readonly #index: RunIndex;

  constructor(options: SqliteStoreOptions, folders: RunFolders, index: RunIndex) {
    this.#options = options;
    this.#folders = folders;
    this.#index = index;
    this.#watch = new IndexWatch(index);
    this.feed = new IndexFeed({
      changes: index.changes,
      watch: this.#watch,
      clock: options.clock,
      isDead: ({ run, id, identity, at }) =>
        this.#isDead(
          (id === 'owner' ? index.leaseNow(run) : undefined) ?? {
            owner: identity,
            epoch: 0,
            heartbeat: at,
            released: false,
          },
        ),
      head: async (run) => ((await folders.isThere(run)) ? await RunFile.headOf(folders.logPath(run)) : undefined),
    });
  }

  get id(): StoreId {
    return this.#index.storeId;
  }

  async create(run: NewRun): Promise<OwnedRun> {
    return await this.#make(run, async (feed) => {
      const now = this.#options.clock.now();
      const number = await this.#index.insert(run, { owner: this.#options.owner, now });
      const taken = { run: run.id, epoch: 1, heartbeat: now };
      return this.#toOwned(taken, feed, { number, folded: unknownRun, foldedTo: 0 });
    });
  }

  async enqueue(run: NewRun, queued: QueuedRun): Promise<RunSummary> {
    checkQueuedRun(queued);
    return await this.#make(run, async () => {
      const number = await this.#index.insert(run, { queued });
      this.#feeds.close(run.id);
      this.#watch.notify();
      return toSummary({
        ...run,
        number,
        folded: foldedQueued(queued),
        ownerIsDead: false,
        waiting: true,
      });
    });
  }

  async take(run: RunId): Promise<Taken> {
    const found = await this.#find(run);
    const queued = await this.#index.queued(run);
    if (queued === undefined) return { status: 'begun' };
    return await this.#taking<Taken>(found, {
      free: async (feed) => !(await feed.file.isBegun()),
      otherwise: { status: 'begun' },
      owned: (owned) => ({ status: 'owned', run: owned, queued }),
    });
  }

  async queued(run: RunId): Promise<QueuedRun | undefined> {
    return await this.#index.queued(run);
  }

  async own(run: RunId): Promise<Ownership> {
    const found = await this.#find(run);
    if (await this.#waits(found)) return { status: 'queued' };
    return await this.#taking<Ownership>(found, {
      free: async (feed) => !(await feed.file.isFinished()),
      otherwise: { status: 'finished' },
      owned: (owned) => ({ status: 'owned', run: owned }),
    });
  }

  async read(run: RunId): Promise<RunReader> {
    await this.#find(run);
    const feed = await this.#feeds.open(run);
    return new SqliteRunReader(feed, () => this.#feeds.close(run));
  }

  async annex(run: RunId): Promise<Annex> {
    await this.#find(run);
    const feed = await this.#feeds.open(run);
    this.#annexes += 1;
    const identity = this.#options.owner;
    const id: WriterId = `annex ${identity.host} ${identity.pid} ${identity.startTime} ${this.#annexes}`;
    const changes = this.#notifier(run, { id });
    return new SqliteAnnex({
      feed,
      turn: this.#appendTurn,
      changes,
      now: () => this.#options.clock.now(),
      list: async (at) => await this.#index.changes.list({ run, id, identity, at }),
      check: () => {
        if (!this.#folders.isThereNow(run)) throw notFound(run);
      },
      free: () => {
        this.#notifiers.delete(changes);
        this.#feeds.close(run);
      },
    });
  }

  async summary(id: RunId): Promise<RunSummary | undefined> {
    const run = await this.#index.find(id);
    return run === undefined ? undefined : await this.#summarize(run);
  }

  async runs(query: RunQuery): Promise<readonly RunSummary[]> {
    // The index entries of removed runs stay until the disk is writable again.
    const removed = new Set(await this.#folders.movedAway());
    // More than the limit, since the current status may differ from the stored one.
    const pageSize = query.statuses === undefined ? Math.min(query.limit ?? 500, 500) : 100;
    const filter = await this.#filterOf(query);
    return await selectRuns(query, async (before) => {
      const page = await this.#index.page(filter, before, pageSize);
      const summaries: RunSummary[] = [];
      for (const run of page) summaries.push(await this.#summarize(run));
      return { runs: summaries.filter(({ id }) => !removed.has(id)), last: page.at(-1)?.id };
    });
  }

  async refs(project: string): Promise<readonly string[]> {
    return await this.#index.refs(project, 1_000);
  }

  async resolve(reference: string, project: string | undefined): Promise<Resolved> {
    return await resolveRun(reference, project, {
      exists: async (id) => (await this.#index.find(id as RunId)) !== undefined,
      numbered: (number, of) => this.#index.numbered(number, of),
      beginningWith: (prefix) => this.#index.beginningWith(prefix),
      latest: (of) => this.#index.latest(of),
    });
  }

  async request(run: RunId, request: SentRequest): Promise<RunRequest> {
    const sent = await this.#index.request(run, request, this.#options.clock.now());
    this.#watch.notify();
    return sent;
  }

  async *requestStates(run: RunId, request: string, signal: AbortSignal): AsyncGenerator<RequestState, undefined> {
    yield* statesOf(signal, {
      read: async () => await this.#index.requestState(run, request),
      isOver: async () => {
        const found = await this.#index.find(run);
        return found === undefined || isEnd(found.folded.status) || (await this.#isLeft(found));
      },
      changed: async (signals) => await this.#watch.changed(this.#watch.version, signals),
    });
  }

  async prune(policy: Retention): Promise<Pruned> {
    return await prune(policy, {
      runs: () => this.runs({}),
      index: this.#index,
      folders: this.#folders,
      isDead: (lease) => this.#isDead(lease),
    });
  }

  folder(run: RunId): string {
    return this.#folders.of(run);
  }

  /** Does not release leases. Their owner is this process, which may end at any moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    for (const notifier of this.#notifiers) await notifier.flush();
    await this.#feeds.closeAll();
    this.#index.close();
  }

  async #filterOf({ project, statuses, commit, ref, repository }: RunQuery): Promise<RunFilter> {
    return {
      ...(project !== undefined && { project }),
      ...(statuses !== undefined && { statuses }),
      ...(commit !== undefined && { commits: await this.#index.commits(commit) }),
      ...(ref !== undefined && { refs: refsNamed(ref) }),
      ...(repository !== undefined && {
        repositories: (await this.#index.repositories()).filter((url) => isRepositoryNamed(url, repository)),
      }),
    };
  }

  #isDead(lease: Lease): boolean {
    return isLeaseDead(lease, this.#options.clock.now(), this.#options.isAlive);
  }

  async #find(run: RunId): Promise<IndexedRun> {
    const found = await this.#index.find(run);
    if (found === undefined || !(await this.#folders.isThere(run))) throw notFound(run);
    return found;
  }

  /** Makes the folder and the log of a run. Removes them if `list` fails. */
  async #make<T>(run: NewRun, list: (feed: RunFeed) => Promise<T>): Promise<T> {
    this.#folders.make(run.id);
    try {
      return await list(await this.#feeds.open(run.id));
    } catch (error) {
      this.#feeds.close(run.id);
      await this.#folders.discard(run.id);
      throw error;
    }
  }

  /** Takes the lease of a run if its log allows that (`free`), before and after, and its owner is dead. */
  async #taking<T>(
    found: IndexedRun,
    { free, otherwise, owned }: Taking<T>,
  ): Promise<T | { readonly status: 'held'; readonly by: OwnerIdentity }> {
    const run = found.id;
    const feed = await this.#feeds.open(run);
    try {
      if (!(await free(feed))) {
        this.#feeds.close(run);
        return otherwise;
      }
      const now = this.#options.clock.now();
      const taken = await this.#index.takeLease(run, this.#options.owner, now, (lease) => this.#isDead(lease));
      if (typeof taken !== 'number') {
        this.#feeds.close(run);
        return { status: 'held', by: taken.owner };
      }
      const taking = await this.#takeOver(found, { run, epoch: taken, heartbeat: now }, feed, free);
      if (taking !== undefined) return owned(taking);
      this.#feeds.close(run);
      return otherwise;
    } catch (error) {
      this.#feeds.close(run);
      throw error;
    }
  }

  /** Reports whether a run waits in the queue. */
  async #waits(run: IndexedRun): Promise<boolean> {
    if (!run.enqueued || (run.lease !== undefined && !this.#isDead(run.lease))) return false;
    if (run.lease === undefined || run.folded.begun === true) return run.lease === undefined;
    const feed = await this.#feeds.open(run.id);
    try {
      return !(await feed.file.isBegun());
    } finally {
      this.#feeds.close(run.id);
    }
  }

  /** @returns nothing if another owner came and went since the first look, after which the log is not free */
  async #takeOver(
    run: IndexedRun,
    taken: TakenLease,
    feed: RunFeed,
    free: (feed: RunFeed) => Promise<boolean>,
  ): Promise<OwnedRun | undefined> {
    try {
      await feed.file.raiseEpoch(taken.epoch);
      if (!(await free(feed))) {
        await this.#index.releaseLease(run.id, taken.epoch);
        return undefined;
      }
      const { folded, to } = await refolded(run, feed.file);
      return this.#toOwned(taken, feed, { number: run.number, folded, foldedTo: to });
    } catch (error) {
      // Release the lease: this process cannot use the run.
      await this.#index.releaseLease(run.id, taken.epoch).catch(() => undefined);
      throw error;
    }
  }

  #toOwned(taken: TakenLease, feed: RunFeed, line: Pick<IndexedRun, 'number' | 'folded' | 'foldedTo'>): OwnedRun {
    const index = this.#index;
    const watch = this.#watch;
    const { run, epoch } = taken;
    feed.ownerChanged(true);
    // A process that takes over a run changes its lease in the index before it touches the log or a workload.
    const lease = new HeldLease({ ...taken, now: () => this.#options.clock.now(), read: () => index.leaseNow(run) });
    onAbort(lease.lost, () => feed.ownerChanged(false));
    this.#owned.set(run, { epoch, lease });
    const changes = this.#notifier(run, { id: 'owner', epoch });
    // Also what a former owner could not tell.
    if (line.foldedTo > 0) changes.appended(line.foldedTo);
    this.#heartbeat ??= setInterval(() => void this.#beat(), heartbeatEveryMs).unref();
    return new SqliteOwnedRun({
      id: run,
      number: line.number,
      epoch,
      lease,
      feed,
      summary: new SummaryKeeper(index, run, epoch, line.folded, line.foldedTo),
      inbox: new RequestInbox(index, watch, run, epoch),
      turn: this.#appendTurn,
      changes,
      now: () => this.#options.clock.now(),
      releaseLease: async () => {
        this.#notifiers.delete(changes);
        await index.releaseLease(run, epoch);
        if (this.#owned.get(run)?.epoch !== epoch) return;
        this.#owned.delete(run);
        feed.ownerChanged(false);
      },
      close: () => this.#feeds.close(run),
    });
  }

  #notifier(run: RunId, writer: { readonly id: WriterId; readonly epoch?: number }): ChangeNotifier {
    const notifier = new ChangeNotifier(this.#index.changes, run, writer, () => this.#watch.notify());
    this.#notifiers.add(notifier);
    return notifier;
  }

  /** Returns the run's summary. Completes the entry of a run whose owner died before it could write it. */
  async #summarize(run: IndexedRun): Promise<RunSummary> {
    const { lease } = run;
    const dead = lease !== undefined && !isEnd(run.folded.status) && this.#isDead(lease);
    let { folded } = run;
    if (dead && !run.settled) folded = await this.#settle(run, lease).catch(() => run.folded);
    return toSummary({
      ...run,
      folded,
      ...(lease && { owner: lease.owner }),
      ownerIsDead: dead,
      waiting: run.enqueued && folded.begun !== true && (lease === undefined || dead),
    });
  }

  async #settle(run: IndexedRun, lease: Lease): Promise<FoldedRun> {
    if (!(await this.#folders.isThere(run.id))) return run.folded;
    const feed = await this.#feeds.open(run.id);
    try {
      const { folded, to } = await refolded(run, feed.file);
      // On a full or read-only disk the next reader completes it.
      await this.#index.keep(run.id, lease.epoch, { run: folded, to, settled: true }).catch(() => undefined);
      return folded;
    } finally {
      this.#feeds.close(run.id);
    }
  }

  /** Reports whether the owner is dead, and the run does not wait for another one. */
  async #isLeft(run: IndexedRun): Promise<boolean> {
    if (run.lease !== undefined && !this.#isDead(run.lease)) return false;
    return !(await this.#waits(run));
  }

  async #beat(): Promise<void> {
    const runs = [...this.#owned].map(([run, held]) => ({ run, ...held }));
    if (runs.length === 0) return;
    const now = this.#options.clock.now();
    try {
      const lost = new Set(await this.#index.beat(runs, now));
      for (const held of runs) {
        if (lost.has(held)) held.lease.lose();
        else held.lease.renewed(now);
      }
    } catch {
      // The next heartbeat makes up for this one. Five may fail.
    }
  }

  async #makeFeed(run: RunId): Promise<RunFeed> {
    const file = await RunFile.open(run, this.#folders.logPath(run), this.#options.note).catch(
      async (error: unknown) => {
        // Removed since it was found.
        throw (await this.#folders.isFolderThere(run)) ? error : notFound(run);
      },
    );
    return new RunFeed(file, this.#readTurn, async () => {
      const found = await this.#index.find(run);
      return found === undefined || (await this.#isLeft(found));
    });
  }
}

/** Returns the run's summary with all events of its log. */
async function refolded(run: IndexedRun, file: RunFile): Promise<{ folded: FoldedRun; to: number }> {
  let folded = run.folded;
  let to = run.foldedTo;
  for (;;) {
    const page = await file.page(to, true);
    if (page.through <= to) return { folded, to };
    folded = page.events.reduce(foldSummary, folded);
    to = page.through;
  }
}
