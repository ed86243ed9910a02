/**
 * The index of all runs in a state folder: an entry for each run, run numbers by project, leases, requests. All
 * processes write to it.
 */
import { randomBytes } from 'node:crypto';
import type { Seq } from '../../events/event.ts';
import type { QueuedRun } from '../../events/queued-run.ts';
import type { RunId, StoreId } from '../../model/ids.ts';
import type { Lease } from '../lease.ts';
import type { FoldedRun } from '../run-summary.ts';
import { foldedQueued, unknownRun } from '../run-summary.ts';
import { isKnown, keptAfterEndMs, readRequest, unknownState } from '../run-request.ts';
import type { NewRun, OwnerIdentity, RequestAnswer, RequestState, RunRequest, SentRequest } from '../store.ts';
import { StoreError } from '../store.ts';
import { ChangeTable } from './change-table.ts';
import type { Row, SqlValue } from './connection.ts';
import { Connection, whenFree } from './connection.ts';
import { indexSchema } from './index-schema.ts';
import type { RunFilter } from './run-search.ts';
import { pageQueries } from './run-search.ts';
import { isDiskFull } from './sqlite-errors.ts';

export interface IndexedRun {
  readonly id: RunId;
  readonly project: string;
  readonly number: number;
  readonly createdAt: number;
  readonly folded: FoldedRun;
  readonly foldedTo: Seq;
  readonly settled: boolean;
  /** Absent: the run waits in the queue. */
  readonly lease?: Lease;
  readonly enqueued: boolean;
}

export interface TakenRequests {
  readonly requests: readonly RunRequest[];
  readonly unknown: readonly RunRequest[];
  /** The number of the last request that was looked at. */
  readonly last: number;
}

export interface Folded {
  readonly run: FoldedRun;
  readonly to: Seq;
  readonly settled: boolean;
}

const runColumns = `SELECT runs.id, project, number, created_at, folded, folded_to, settled,
  EXISTS (SELECT 1 FROM queue WHERE queue.run = runs.id), epoch, owner, heartbeat, released
  FROM runs LEFT JOIN leases ON leases.run = runs.id`;

export class RunIndex {
  /** Which runs have new events. */
  readonly changes: ChangeTable;
  readonly #connection: Connection;

  private constructor(
    connection: Connection,
    readonly storeId: StoreId,
  ) {
    this.#connection = connection;
    this.changes = new ChangeTable(connection);
  }

  /** @param note called if the newest changes cannot be read */
  static async open(path: string, note?: (message: string) => void): Promise<RunIndex> {
    const connection = await Connection.open(path, indexSchema, note);
    try {
      return new RunIndex(connection, await storeIdOf(connection));
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }

  dataVersion(): number {
    return this.#connection.dataVersion();
  }

  /**
   * @param state a lease of epoch 1 for the owner, or an entry of the queue
   * @returns the run's number
   */
  async insert(
    run: NewRun,
    state: { readonly owner: OwnerIdentity; readonly now: number } | { readonly queued: QueuedRun },
  ): Promise<number> {
    return await this.#connection.write(() => {
      const number = this.#connection.number(
        'INSERT INTO projects VALUES (?, 1) ON CONFLICT DO UPDATE SET runs = runs + 1 RETURNING runs',
        run.project,
      );
      this.#connection.run(
        'INSERT INTO runs (id, project, number, created_at, folded, folded_to, settled) VALUES (?, ?, ?, ?, ?, 0, 0)',
        run.id,
        run.project,
        number,
        run.createdAt,
        JSON.stringify('queued' in state ? foldedQueued(state.queued) : unknownRun),
      );
      if ('queued' in state)
        this.#connection.run('INSERT INTO queue VALUES (?, ?)', run.id, JSON.stringify(state.queued));
      else this.#insertLease(run.id, state.owner, state.now);
      this.#forgetOldRequests(run.createdAt);
      return number;
    });
  }

  #insertLease(run: RunId, owner: OwnerIdentity, now: number): void {
    this.#connection.run('INSERT INTO leases VALUES (?, 1, ?, ?, 0)', run, JSON.stringify(owner), now);
  }

  async queued(run: RunId): Promise<QueuedRun | undefined> {
    const row = await this.#reading(() => this.#connection.get('SELECT body FROM queue WHERE run = ?', run));
    return row && (JSON.parse(String(row[0])) as QueuedRun);
  }

  async find(run: RunId): Promise<IndexedRun | undefined> {
    return (await this.#rows('WHERE id = ?', run))[0];
  }

  /**
   * Returns a page of the runs that can match, newest first. Within a project it sorts by number, since ids depend on
   * clocks. If `before` was just removed, it continues by id.
   */
  async page(filter: RunFilter, before: string | undefined, limit: number): Promise<readonly IndexedRun[]> {
    const [last] = before === undefined ? [] : await this.#rows('WHERE id = ?', before);
    const start = before === undefined ? undefined : { id: before, ...(last && { number: last.number }) };
    const listed = await this.#reading(() =>
      pageQueries(filter, start, limit).flatMap(({ sql, values }) => this.#connection.all(sql, ...values)),
    );
    const newestFirst = listed.sort(([, a], [, b]) => ((a ?? 0) < (b ?? 0) ? 1 : -1)).slice(0, limit);
    const found: IndexedRun[] = [];
    for (const [id] of newestFirst) found.push(...(await this.#rows('WHERE id = ?', id ?? null)));
    return found;
  }

  /** Returns the different commits that begin so. */
  async commits(prefix: string): Promise<readonly string[]> {
    const isWanted = (commit: string) => commit.startsWith(prefix);
    return await this.#different('SELECT min(commit_hash) FROM runs WHERE commit_hash', [], isWanted, prefix);
  }

  async repositories(): Promise<readonly string[]> {
    return await this.#different('SELECT min(repository) FROM runs WHERE repository', [], () => true);
  }

  async refs(project: string, limit: number): Promise<readonly string[]> {
    let left = limit;
    return await this.#different('SELECT min(ref) FROM runs WHERE project = ? AND ref', [project], () => left-- > 0);
  }

  /**
   * Lists the different values of a column in order, without reading the rows of each.
   * @param select selects the first value; a comparison follows
   * @param from the first possible value
   */
  async #different(
    select: string,
    values: readonly SqlValue[],
    isWanted: (value: string) => boolean,
    from = '',
  ): Promise<readonly string[]> {
    return await this.#reading(() => {
      const found: string[] = [];
      let value = this.#connection.get(`${select} >= ?`, ...values, from)?.[0];
      while (typeof value === 'string' && isWanted(value)) {
        found.push(value);
        value = this.#connection.get(`${select} > ?`, ...values, value)?.[0];
      }
      return found;
    });
  }

  async numbered(number: number, project: string | undefined): Promise<readonly RunId[]> {
    return await this.#ids(
      'SELECT id FROM runs WHERE number = ?1 AND (?2 IS NULL OR project = ?2) ORDER BY id DESC LIMIT 20',
      number,
      project ?? null,
    );
  }

  async beginningWith(prefix: string): Promise<readonly RunId[]> {
    return await this.#ids("SELECT id FROM runs WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id DESC LIMIT 20", prefix);
  }

  /** Returns the run with the highest number; without a project the newest run. */
  async latest(project: string | undefined): Promise<readonly RunId[]> {
    return project === undefined
      ? await this.#ids('SELECT id FROM runs ORDER BY id DESC LIMIT 1')
      : await this.#ids('SELECT id FROM runs WHERE project = ? ORDER BY number DESC LIMIT 1', project);
  }

  /** Does nothing if a later fold is stored, or another epoch has begun: the run is then no longer settled. */
  async keep(run: RunId, epoch: number, folded: Folded): Promise<void> {
    await this.#connection.write(() => {
      this.#connection.run(
        'UPDATE runs SET folded = ?, folded_to = ?, settled = ? WHERE id = ? AND folded_to <= ? AND ? = (SELECT epoch FROM leases WHERE run = runs.id)',
        ...[JSON.stringify(folded.run), folded.to, folded.settled ? 1 : 0, run, folded.to, epoch],
      );
    });
  }

  /**
   * Gives the lease to `owner` if `isFree` accepts the current one, in one transaction. Of two concurrent callers one
   * wins. A run in the queue has no lease: its first one has epoch 1.
   * @returns the new epoch, or the current lease
   */
  async takeLease(
    run: RunId,
    owner: OwnerIdentity,
    now: number,
    isFree: (lease: Lease) => boolean,
  ): Promise<number | Lease> {
    return await this.#connection.write(() => {
      const row = this.#connection.get('SELECT epoch, owner, heartbeat, released FROM leases WHERE run = ?', run);
      if (row === undefined) {
        if (this.#connection.get('SELECT 1 FROM queue WHERE run = ?', run) === undefined) throw notFound(run);
        this.#insertLease(run, owner, now);
        return 1;
      }
      const lease = toLease(row);
      if (!isFree(lease)) return lease;
      this.#connection.run(
        'UPDATE leases SET epoch = ?, owner = ?, heartbeat = ?, released = 0 WHERE run = ?',
        lease.epoch + 1,
        JSON.stringify(owner),
        now,
        run,
      );
      this.#connection.run('UPDATE runs SET settled = 0 WHERE id = ?', run);
      // The owner before died before the run had ended as asked. Each request can be carried out again.
      this.#connection.run("UPDATE requests SET state = 'waiting' WHERE run = ? AND state IN ('seen', 'done')", run);
      return lease.epoch + 1;
    });
  }

  async lease(run: RunId): Promise<Lease | undefined> {
    return await this.#reading(() => this.leaseNow(run));
  }

  /** Throws the driver's errors. */
  leaseNow(run: RunId): Lease | undefined {
    const row = this.#connection.get('SELECT epoch, owner, heartbeat, released FROM leases WHERE run = ?', run);
    return row && toLease(row);
  }

  async releaseLease(run: RunId, epoch: number): Promise<void> {
    await this.#connection.write(() => {
      this.#connection.run('UPDATE leases SET released = 1 WHERE run = ? AND epoch = ?', run, epoch);
    });
  }

  /** @returns those whose lease has another epoch, or is gone */
  async beat<T extends { readonly run: RunId; readonly epoch: number }>(
    runs: readonly T[],
    now: number,
  ): Promise<readonly T[]> {
    const beat = 'UPDATE leases SET heartbeat = ? WHERE run = ? AND epoch = ?';
    return await this.#connection.write(() =>
      runs.filter(({ run, epoch }) => this.#connection.run(beat, now, run, epoch) === 0),
    );
  }

  /** @param epoch stores nothing unless the lease of this epoch is held */
  async request(run: RunId, request: SentRequest, at: number, epoch?: number): Promise<RunRequest> {
    return await this.#writeInPlace(() => {
      if (this.#connection.get('SELECT 1 FROM runs WHERE id = ?', run) === undefined) throw notFound(run);
      const held = 'SELECT 1 FROM leases WHERE run = ? AND epoch = ? AND released = 0';
      if (epoch !== undefined && this.#connection.get(held, run, epoch) === undefined)
        throw new StoreError('not-owner', `run ${run} is no longer owned by this process`);
      this.#forgetOldRequests(at);
      const body = JSON.stringify({ ...request, at });
      const sql = 'INSERT INTO requests (run, body) VALUES (?, ?) RETURNING id';
      return { ...request, at, id: String(this.#connection.number(sql, run, body)) };
    });
  }

  /** Reads the few requests that there are, and the entries of their runs. */
  #forgetOldRequests(now: number): void {
    this.#connection.run(
      `DELETE FROM requests WHERE run IN (
        SELECT run FROM requests JOIN runs ON runs.id = run WHERE json_extract(folded, '$.finishedAt') < ?)`,
      now - keptAfterEndMs,
    );
  }

  /**
   * Marks requests as seen and returns them, so that each is seen once, even if the owner changes. Returns nothing if
   * another epoch has begun. Requests of unknown types stay, with a note. On a full disk all stay, and the caller skips
   * them.
   * @param after the last request that was looked at
   */
  async takeRequests(run: RunId, epoch: number, after: number): Promise<TakenRequests> {
    const waiting = await this.#reading(() => this.#requestsAfter(run, epoch, after));
    if (waiting.last === after) return waiting;
    try {
      return await this.#writeInPlace(() => {
        const taken = this.#requestsAfter(run, epoch, after);
        for (const { id } of taken.requests) this.#setState(id, { status: 'seen' });
        for (const request of taken.unknown) this.#setState(request.id, unknownState(request));
        return taken;
      });
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return waiting;
    }
  }

  async answer(run: RunId, epoch: number, request: string, answer: RequestAnswer): Promise<void> {
    await this.#writeInPlace(() => {
      if (this.leaseNow(run)?.epoch !== epoch) return;
      this.#setState(request, answer);
      // The log has it by now, and masked.
      const sql = "UPDATE requests SET body = json_remove(body, '$.reason') WHERE id = ?";
      this.#connection.run(sql, Number(request));
    });
  }

  /** Returns `undefined` if the request is gone: an owner of an older version has seen it, or the run was removed. */
  async requestState(run: RunId, request: string): Promise<RequestState | undefined> {
    const sql = 'SELECT state, note FROM requests WHERE run = ? AND id = ?';
    const row = await this.#reading(() => this.#connection.get(sql, run, Number(request)));
    if (row === undefined) return undefined;
    const [status, detail] = row;
    return { status, ...(detail !== null && { detail }) } as RequestState;
  }

  #setState(request: string, state: RequestState): void {
    const detail = 'detail' in state ? (state.detail ?? null) : null;
    this.#connection.run('UPDATE requests SET state = ?, note = ? WHERE id = ?', state.status, detail, Number(request));
  }

  #requestsAfter(run: RunId, epoch: number, after: number): TakenRequests {
    if (this.leaseNow(run)?.epoch !== epoch) return { requests: [], unknown: [], last: after };
    const sql = "SELECT id, body FROM requests WHERE run = ? AND id > ? AND state = 'waiting' ORDER BY id";
    const rows = this.#connection.all(sql, run, after);
    const all = rows.map(([id, body]) => readRequest(String(id), String(body)));
    return {
      requests: all.filter((request) => isKnown(request)),
      unknown: all.filter((request) => !isKnown(request)),
      last: Number(rows.at(-1)?.[0] ?? after),
    };
  }

  /** Moves the WAL into the file and retries. On a full disk a small change then still fits into the WAL's space. */
  async #writeInPlace<T>(change: () => T): Promise<T> {
    try {
      return await this.#connection.write(change);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await whenFree(this.#connection.path, () => this.#connection.rewind());
      return await this.#connection.write(change);
    }
  }

  /**
   * Forgets a run unless its lease is alive or it waits for its first one. `moveAway` moves its folder in the same
   * transaction.
   * @returns whether the run is gone
   */
  async remove(run: RunId, isFree: (lease: Lease) => boolean, moveAway: () => void): Promise<boolean> {
    return await this.#connection.write(() => {
      const row = this.#connection.get('SELECT epoch, owner, heartbeat, released FROM leases WHERE run = ?', run);
      if (row === undefined) return this.#connection.get('SELECT 1 FROM runs WHERE id = ?', run) === undefined;
      if (!isFree(toLease(row))) return false;
      moveAway();
      this.#forget(run);
      return true;
    });
  }

  /** Completes a removal that a crash interrupted after the folder was moved. */
  async forgetRemoved(run: RunId): Promise<void> {
    await this.#connection.write(() => this.#forget(run));
  }

  #forget(run: RunId): void {
    this.#connection.run('DELETE FROM runs WHERE id = ?', run);
    this.#connection.run('DELETE FROM leases WHERE run = ?', run);
    this.#connection.run('DELETE FROM requests WHERE run = ?', run);
  }

  async #rows(condition: string, ...values: SqlValue[]): Promise<readonly IndexedRun[]> {
    return await this.#reading(() => this.#connection.all(`${runColumns} ${condition}`, ...values).map(toIndexedRun));
  }

  async #ids(sql: string, ...values: SqlValue[]): Promise<readonly RunId[]> {
    return await this.#reading(() => this.#connection.all(sql, ...values).map(([id]) => id as RunId));
  }

  async #reading<T>(read: () => T): Promise<T> {
    return await whenFree(this.#connection.path, read);
  }
}

/** Returns the store's id, which is created with the index. */
async function storeIdOf(connection: Connection): Promise<StoreId> {
  const known = await whenFree(connection.path, () => connection.get('SELECT id FROM store'));
  if (known !== undefined) return String(known[0]) as StoreId;
  const made = await connection.write(() => {
    connection.run('INSERT INTO store SELECT ? WHERE NOT EXISTS (SELECT 1 FROM store)', randomBytes(8).toString('hex'));
    return String(connection.get('SELECT id FROM store')?.[0]);
  });
  // Allocate the file's pages early, so that on a full disk changes can still be moved into it.
  await whenFree(connection.path, () => connection.rewind());
  return made as StoreId;
}

export function notFound(run: string): StoreError {
  return new StoreError('not-found', `run ${run} does not exist`, 'to list the runs, use `slipway runs`');
}

function toIndexedRun([
  id,
  project,
  number,
  createdAt,
  folded,
  foldedTo,
  settled,
  enqueued,
  ...lease
]: Row): IndexedRun {
  return {
    id: id as RunId,
    project: String(project),
    number: Number(number),
    createdAt: Number(createdAt),
    folded: JSON.parse(String(folded)) as FoldedRun,
    foldedTo: Number(foldedTo),
    settled: settled === 1,
    enqueued: enqueued === 1,
    ...(lease[0] !== null && { lease: toLease(lease) }),
  };
}

function toLease([epoch, owner, heartbeat, released]: Row): Lease {
  return {
    epoch: Number(epoch),
    owner: JSON.parse(String(owner)) as OwnerIdentity,
    heartbeat: Number(heartbeat),
    released: released === 1,
  };
}
