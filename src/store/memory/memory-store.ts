/**
 * A store in memory for tests, with the behaviour of the real one. Several stores over one `MemoryState` act as several
 * processes.
 */
import type { Clock } from '../../model/clock.ts';
import type { QueuedRun } from '../../events/queued-run.ts';
import { checkQueuedRun } from '../../events/queued-run.ts';
import type { RunId, StoreId } from '../../model/ids.ts';
import { isEnd } from '../../model/status.ts';
import { checkAnnexTypes } from '../log/check-annex-types.ts';
import { stoppable } from '../log/stoppable.ts';
import { HeldLease } from '../held-lease.ts';
import type { IsAlive } from '../lease.ts';
import { isLeaseDead } from '../lease.ts';
import { statesOf } from '../request-states.ts';
import { resolveRun } from '../resolve-run.ts';
import { isKnown, keptAfterEndMs, unknownState } from '../run-request.ts';
import { countedFrom, planPrune } from '../retention.ts';
import { selectRuns } from '../run-query.ts';
import { foldedQueued, toSummary, unknownRun } from '../run-summary.ts';
import { StoreError } from '../store.ts';
import type {
  Annex,
  Feed,
  FeedCursor,
  NewRun,
  OwnedRun,
  OwnerIdentity,
  Ownership,
  Pruned,
  Resolved,
  Retention,
  RunChange,
  RunQuery,
  RunReader,
  RequestState,
  RunRequest,
  RunSummary,
  SentRequest,
  Store,
  Taken,
} from '../store.ts';
import { MemoryLog, MemoryReader } from './memory-log.ts';
import type { MemoryRequest, MemoryRun, MemoryState } from './memory-state.ts';

export interface MemoryStoreOptions {
  readonly state: MemoryState;
  readonly owner: OwnerIdentity;
  readonly clock: Clock;
  readonly isAlive: IsAlive;
}

export function openMemoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly #readers = new Set<MemoryReader>();
  readonly #options: MemoryStoreOptions;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
  }

  get id(): StoreId {
    return this.#options.state.id;
  }

  async create(run: NewRun): Promise<OwnedRun> {
    const lease = { owner: this.#options.owner, epoch: 1, heartbeat: this.#options.clock.now(), released: false };
    return this.#toOwned(this.#add(run, { folded: unknownRun, lease }), 1);
  }

  async enqueue(run: NewRun, queued: QueuedRun): Promise<RunSummary> {
    checkQueuedRun(queued);
    return this.#summarize(this.#add(run, { folded: foldedQueued(queued), queued: structuredClone(queued) }));
  }

  async take(id: RunId): Promise<Taken> {
    const run = this.#find(id);
    const { queued, lease } = run;
    if (queued === undefined || run.folded.begun === true) return { status: 'begun' };
    if (lease !== undefined && !this.#isDead(run)) return { status: 'held', by: lease.owner };
    return { status: 'owned', run: this.#own(run), queued };
  }

  async queued(id: RunId): Promise<QueuedRun | undefined> {
    return this.#options.state.runs.get(id)?.queued;
  }

  async own(id: RunId): Promise<Ownership> {
    const run = this.#find(id);
    if (run.folded.finishedAt !== undefined) return { status: 'finished' };
    if (this.#isWaiting(run) || run.lease === undefined) return { status: 'queued' };
    if (!this.#isDead(run)) return { status: 'held', by: run.lease.owner };
    return { status: 'owned', run: this.#own(run) };
  }

  async read(id: RunId): Promise<RunReader> {
    const run = this.#find(id);
    return this.#kept(new MemoryReader(this.#options.state, run, () => this.#isLeft(run)));
  }

  async annex(id: RunId): Promise<Annex> {
    this.#find(id);
    const { state, clock } = this.#options;
    return {
      append: async (events) => {
        checkAnnexTypes(events);
        const run = this.#find(id);
        const at = clock.now();
        return state.append(
          run,
          run.lease?.epoch ?? 1,
          events.map((event) => ({ ...event, at })),
        );
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  get feed(): Feed {
    const { state } = this.#options;
    return {
      changed: (after, signal) => ({
        [Symbol.asyncIterator]: () => {
          const stop = new AbortController();
          return stoppable(changesOf(state, after, stop.signal), stop, [signal]);
        },
      }),
    };
  }

  async summary(id: RunId): Promise<RunSummary | undefined> {
    const run = this.#options.state.runs.get(id);
    return run === undefined ? undefined : this.#summarize(run);
  }

  async runs(query: RunQuery): Promise<readonly RunSummary[]> {
    return await selectRuns(query, async (before) => {
      const newestFirst = query.project === undefined ? this.#newestFirst() : this.#newestOf(query.project);
      const last = newestFirst.findIndex(({ id }) => id === before);
      const older =
        last < 0 ? newestFirst.filter(({ id }) => before === undefined || id < before) : newestFirst.slice(last + 1);
      return { runs: older.map((run) => this.#summarize(run)), last: older.at(-1)?.id };
    });
  }

  async refs(project: string): Promise<readonly string[]> {
    const refs = this.#newestOf(project).flatMap(({ folded: { source } }) => source?.ref ?? []);
    return [...new Set(refs)].sort().slice(0, 1_000);
  }

  async resolve(reference: string, project: string | undefined): Promise<Resolved> {
    const matching = async (matches: (run: MemoryRun) => boolean) =>
      this.#newestFirst()
        .filter(matches)
        .map(({ id }) => id);
    return await resolveRun(reference, project, {
      exists: async (id) => this.#options.state.runs.has(id as RunId),
      numbered: (number, of) => matching((run) => run.number === number && (of === undefined || run.project === of)),
      beginningWith: (prefix) => matching((run) => run.id.startsWith(prefix)),
      latest: async (of) => {
        const [first] = of === undefined ? this.#newestFirst() : this.#newestOf(of);
        return first === undefined ? [] : [first.id];
      },
    });
  }

  async request(id: RunId, request: SentRequest): Promise<RunRequest> {
    const { state, clock } = this.#options;
    const run = this.#find(id);
    this.#forgetOldRequests(clock.now());
    state.requests += 1;
    const sent = { ...request, at: clock.now(), id: String(state.requests) };
    run.requests.push({ request: sent, state: { status: 'waiting' } });
    state.notify();
    return sent;
  }

  async *requestStates(id: RunId, request: string, signal: AbortSignal): AsyncGenerator<RequestState, undefined> {
    const { state } = this.#options;
    yield* statesOf(signal, {
      read: async () => state.runs.get(id)?.requests.find((one) => one.request.id === request)?.state,
      isOver: async () => {
        const run = state.runs.get(id);
        return run === undefined || isEnd(run.folded.status) || this.#isLeft(run);
      },
      changed: async (signals) => await state.changed(signals, false),
    });
  }

  async prune(policy: Retention): Promise<Pruned> {
    const { state } = this.#options;
    const runs = this.#newestFirst().map((run) => ({ summary: this.#summarize(run), bytes: weigh(run) }));
    const removed = planPrune(runs, policy).filter(({ summary: { id } }) => this.#isLeft(this.#find(id)));
    if (policy.dryRun !== true) {
      for (const {
        summary: { id },
      } of removed) {
        state.runs.delete(id);
        state.changes.delete(id);
        state.removeFolder(id);
      }
    }
    const kept = runs.filter((run) => !removed.includes(run));
    return {
      removed: removed.map(({ summary: { id, number, project }, bytes }) => ({ run: id, number, project, bytes })),
      kept: kept.length,
      bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
      countedFrom: countedFrom(runs, policy),
    };
  }

  folder(run: RunId): string {
    return this.#options.state.folder(run);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const reader of this.#readers) await reader[Symbol.asyncDispose]();
    this.#readers.clear();
  }

  #add({ id, project, createdAt }: NewRun, rest: Pick<MemoryRun, 'folded' | 'lease' | 'queued'>): MemoryRun {
    const { state } = this.#options;
    if (state.runs.has(id)) throw new StoreError('unavailable', `run ${id} already exists`);
    const number = (state.projects.get(project) ?? 0) + 1;
    state.projects.set(project, number);
    const run: MemoryRun = { id, project, number, createdAt, events: [], requests: [], ...rest };
    state.runs.set(id, run);
    this.#forgetOldRequests(createdAt);
    state.notify();
    return run;
  }

  #forgetOldRequests(now: number): void {
    for (const { folded, requests } of this.#options.state.runs.values())
      if (folded.finishedAt !== undefined && folded.finishedAt < now - keptAfterEndMs) requests.splice(0);
  }

  #own(run: MemoryRun): OwnedRun {
    const epoch = (run.lease?.epoch ?? 0) + 1;
    // The owner before died before the run had ended as asked. Each request can be carried out again.
    for (const asked of run.requests)
      if (asked.state.status === 'seen' || asked.state.status === 'done') asked.state = { status: 'waiting' };
    run.lease = { owner: this.#options.owner, epoch, heartbeat: this.#options.clock.now(), released: false };
    return this.#toOwned(run, epoch);
  }

  #toOwned(run: MemoryRun, epoch: number): OwnedRun {
    const { state, clock } = this.#options;
    const heartbeat = run.lease?.heartbeat ?? clock.now();
    const lease = new HeldLease({
      run: run.id,
      epoch,
      heartbeat,
      now: () => clock.now(),
      read: () => state.runs.get(run.id)?.lease,
    });
    const log = this.#kept(new MemoryLog(state, run, () => this.#isLeft(run), epoch, lease));
    const released = new AbortController();
    return {
      id: run.id,
      number: run.number,
      epoch,
      log,
      lost: lease.lost,
      confirm: () => lease.confirm(),
      requests: (signal, until) => requestsOf(run, epoch, state, [signal, released.signal], until),
      request: async (request) => {
        if (run.lease?.epoch !== epoch || run.lease.released)
          throw new StoreError('not-owner', `run ${run.id} is no longer owned by this process`);
        await this.request(run.id, request);
      },
      answer: async (request, answer) => {
        const asked = run.requests.find((one) => one.request.id === request);
        if (asked === undefined || run.lease?.epoch !== epoch) return;
        // The log has the reason by now, and masked.
        const { reason: _reason, ...rest } = asked.request;
        asked.request = rest;
        asked.state = answer;
        state.notify();
      },
      release: async () => {
        if (released.signal.aborted) return;
        log.seal();
        lease.release();
        released.abort();
        if (run.lease?.epoch === epoch) run.lease = { ...run.lease, released: true };
        state.notify();
      },
    };
  }

  #kept<T extends MemoryReader>(reader: T): T {
    this.#readers.add(reader);
    return reader;
  }

  #find(id: RunId): MemoryRun {
    const run = this.#options.state.runs.get(id);
    if (run === undefined)
      throw new StoreError('not-found', `run ${id} does not exist`, 'to list the runs, use `slipway runs`');
    return run;
  }

  #newestFirst(): MemoryRun[] {
    return [...this.#options.state.runs.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  #newestOf(project: string): MemoryRun[] {
    return [...this.#options.state.runs.values()]
      .filter((run) => run.project === project)
      .sort((a, b) => b.number - a.number);
  }

  #isDead({ lease }: MemoryRun): boolean {
    return lease !== undefined && isLeaseDead(lease, this.#options.clock.now(), this.#options.isAlive);
  }

  #isWaiting(run: MemoryRun): boolean {
    return run.queued !== undefined && run.folded.begun !== true && (run.lease === undefined || this.#isDead(run));
  }

  /** Reports whether no process will append. */
  #isLeft(run: MemoryRun): boolean {
    return this.#isDead(run) && !this.#isWaiting(run);
  }

  #summarize(run: MemoryRun): RunSummary {
    return toSummary({
      ...run,
      ...(run.lease && { owner: run.lease.owner }),
      ownerIsDead: this.#isDead(run),
      waiting: this.#isWaiting(run),
    });
  }
}

async function* changesOf(
  state: MemoryState,
  after: FeedCursor,
  signal: AbortSignal,
): AsyncGenerator<RunChange, undefined, undefined> {
  let cursor = after;
  while (!signal.aborted) {
    const next = [...state.changes.values()].find((change) => change.cursor > cursor);
    if (next === undefined) await state.changed([signal], false);
    else {
      cursor = next.cursor;
      yield next;
    }
  }
}

async function* requestsOf(
  run: MemoryRun,
  epoch: number,
  state: MemoryState,
  signals: readonly AbortSignal[],
  until: 'now' | 'forever' = 'forever',
): AsyncGenerator<RunRequest, undefined, undefined> {
  const ended = () => run.lease?.epoch !== epoch || signals.some((signal) => signal.aborted);
  while (!ended()) {
    for (const asked of run.requests)
      if (isNew(asked) && !isKnown(asked.request)) asked.state = unknownState(asked.request);
    const next = run.requests.find(isNew);
    if (next === undefined) {
      if (until === 'now') return;
      await state.changed(signals, true);
      continue;
    }
    next.state = { status: 'seen' };
    state.notify();
    yield next.request;
  }
}

function isNew({ state }: MemoryRequest): boolean {
  return state.status === 'waiting' && state.detail === undefined;
}

function weigh(run: MemoryRun): number {
  return run.events.reduce(
    (sum, event) => sum + (event.type === 'output' ? event.bytes.length : JSON.stringify(event).length),
    0,
  );
}
