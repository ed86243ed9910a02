/**
 * The index of all runs in a state folder: an entry for each run, run numbers by project, leases, requests. All
 * processes write to it.
 */
import { randomBytes } from 'node:crypto';
import type { Seq } from '../../events/event.ts';
import type { RunId, StoreId } from '../../model/ids.ts';
import type { Lease } from '../lease.ts';
import type { FoldedRun } from '../run-summary.ts';
import { unknownRun } from '../run-summary.ts';
import type { NewRun, OwnerIdentity, RunRequest } from '../store.ts';
import { StoreError } from '../store.ts';
import { ChangeTable, createChangeTables } from './change-table.ts';
import type { Row, Schema, SqlValue } from './connection.ts';
import { Connection, whenFree } from './connection.ts';
import { isDiskFull } from './sqlite-errors.ts';

/** `folded` is the JSON of a `FoldedRun` of the log up to `folded_to`. `settled`: no more events can follow. */
const indexSchema: Schema = {
  format: 1,
  create: `
    CREATE TABLE file.store (id TEXT NOT NULL);
    CREATE TABLE file.projects (name TEXT PRIMARY KEY, runs INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE file.runs (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, number INTEGER NOT NULL, created_at INTEGER NOT NULL,
      folded TEXT NOT NULL, folded_to INTEGER NOT NULL, settled INTEGER NOT NULL) WITHOUT ROWID;
    CREATE UNIQUE INDEX file.runs_by_number ON runs (project, number);
    CREATE TABLE file.leases (run TEXT PRIMARY KEY, epoch INTEGER NOT NULL, owner TEXT NOT NULL, heartbeat INTEGER NOT NULL, released INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE file.requests (id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, body TEXT NOT NULL);
    CREATE INDEX file.requests_by_run ON requests (run);${createChangeTables}`,
};

export interface IndexedRun {
  readonly id: RunId;
  readonly project: string;
  readonly number: number;
  readonly createdAt: number;
  readonly folded: FoldedRun;
  readonly foldedTo: Seq;
  readonly settled: boolean;
  readonly lease: Lease;
}

export interface TakenRequest {
  readonly id: number;
  readonly request: RunRequest;
}

export interface Folded {
  readonly run: FoldedRun;
  readonly to: Seq;
  readonly settled: boolean;
}

const runColumns = `SELECT runs.id, project, number, created_at, folded, folded_to, settled, epoch, owner, heartbeat, released
  FROM runs JOIN leases ON leases.run = runs.id`;

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
      const index = new RunIndex(connection, await storeIdOf(connection));
      if (!connection.isFrozen) await index.changes.prepare();
      return index;
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

  /** @returns the run's number */
  async insert(run: NewRun, owner: OwnerIdentity, now: number): Promise<number> {
    return await this.#connection.write(() => {
      const number = this.#connection.number(
        'INSERT INTO projects VALUES (?, 1) ON CONFLICT DO UPDATE SET runs = runs + 1 RETURNING runs',
        run.project,
      );
      this.#connection.run(
        'INSERT INTO runs VALUES (?, ?, ?, ?, ?, 0, 0)',
        run.id,
        run.project,
        number,
        run.createdAt,
        JSON.stringify(unknownRun),
      );
      this.#connection.run('INSERT INTO leases VALUES (?, 1, ?, ?, 0)', run.id, JSON.stringify(owner), now);
      this.changes.listNow({ run: run.id, id: 'owner', identity: owner, at: now });
      return number;
    });
  }

  async find(run: RunId): Promise<IndexedRun | undefined> {
    return (await this.#rows('WHERE id = ?', run))[0];
  }

  /**
   * Returns a page of runs, newest first. Within a project it sorts by number, since ids depend on clocks. If `before`
   * was just removed, it continues by id.
   */
  async page(project: string | undefined, before: string | undefined, limit: number): Promise<readonly IndexedRun[]> {
    const byId = '(?2 IS NULL OR id < ?2)';
    if (project === undefined)
      return await this.#rows(`WHERE ?1 IS NULL AND ${byId} ORDER BY id DESC LIMIT ?3`, null, before ?? null, limit);
    const [last] = before === undefined ? [] : await this.#rows('WHERE id = ?', before);
    const older = last === undefined ? byId : '(?2 IS NULL OR number < ?2)';
    return await this.#rows(
      `WHERE project = ?1 AND ${older} ORDER BY number DESC LIMIT ?3`,
      project,
      last?.number ?? before ?? null,
      limit,
    );
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
   * wins.
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
      if (row === undefined) throw notFound(run);
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
      this.changes.listNow({ run, id: 'owner', identity: owner, at: now });
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

  async request(run: RunId, request: RunRequest): Promise<void> {
    await this.#writeInPlace(() => {
      if (this.#connection.get('SELECT 1 FROM runs WHERE id = ?', run) === undefined) throw notFound(run);
      this.#connection.run('INSERT INTO requests (run, body) VALUES (?, ?)', run, JSON.stringify(request));
    });
  }

  /**
   * Removes and returns requests, so that each is seen once, even if the owner changes. Returns nothing if another
   * epoch has begun. On a full disk requests stay, and the caller skips them.
   * @param after the number of the last returned request
   */
  async takeRequests(run: RunId, epoch: number, after: number): Promise<readonly TakenRequest[]> {
    const waiting = await this.#reading(() => this.#requestsAfter(run, epoch, after));
    if (waiting.length === 0) return [];
    try {
      return await this.#writeInPlace(() => {
        const taken = this.#requestsAfter(run, epoch, after);
        if (taken.length > 0) this.#connection.run('DELETE FROM requests WHERE run = ?', run);
        return taken;
      });
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return waiting;
    }
  }

  #requestsAfter(run: RunId, epoch: number, after: number): readonly TakenRequest[] {
    if (this.#connection.number('SELECT epoch FROM leases WHERE run = ?', run) !== epoch) return [];
    const rows = this.#connection.all('SELECT id, body FROM requests WHERE run = ? AND id > ? ORDER BY id', run, after);
    return rows.map(([id, body]) => ({ id: Number(id), request: JSON.parse(String(body)) as RunRequest }));
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
   * Forgets a run unless its lease is alive. `moveAway` moves its folder in the same transaction.
   * @returns whether the run is gone
   */
  async remove(run: RunId, isFree: (lease: Lease) => boolean, moveAway: () => void): Promise<boolean> {
    return await this.#connection.write(() => {
      const row = this.#connection.get('SELECT epoch, owner, heartbeat, released FROM leases WHERE run = ?', run);
      if (row === undefined || !isFree(toLease(row))) return row === undefined;
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
    this.changes.forgetNow(run);
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

function toIndexedRun([id, project, number, createdAt, folded, foldedTo, settled, ...lease]: Row): IndexedRun {
  return {
    id: id as RunId,
    project: String(project),
    number: Number(number),
    createdAt: Number(createdAt),
    folded: JSON.parse(String(folded)) as FoldedRun,
    foldedTo: Number(foldedTo),
    settled: settled === 1,
    lease: toLease(lease),
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
