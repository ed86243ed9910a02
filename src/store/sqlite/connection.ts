/**
 * One SQLite file, opened through the driver.
 *
 * The file is attached to a database in memory instead of being opened itself: the driver closes a file only when the
 * garbage collector has taken its last statement, while DETACH closes it (checkpoint, removal of the WAL) at once.
 *
 * The driver aborts the process on values that it does not know (booleans), hence `SqlValue`; it gives BLOBs as bytes
 * only from raw statements, hence rows as arrays.
 */
import { chmodSync, existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'libsql';
import { StoreError } from '../store.ts';
import { readableFile } from './readable-file.ts';
import { isBusy, toStoreError } from './sqlite-errors.ts';

export type SqlValue = number | string | Uint8Array | null;
export type Row = readonly SqlValue[];

interface Statement {
  get(values: readonly SqlValue[]): Row | undefined;
  all(values: readonly SqlValue[]): Row[];
  run(values: readonly SqlValue[]): { changes: number };
}

/** What a file must look like. */
export interface Schema {
  /** The newest format that this program knows, kept as the file's `user_version`. */
  readonly format: number;
  /** Statements that make format `format` in an empty file, all of whose names begin with `file.`. */
  readonly create: string;
}

/** Shorter than a frame: who waits longer does so without holding the event loop (`whenFree`). */
const busyTimeoutMs = 5;
const patienceMs = 10_000;
/** Why a file cannot be written that can be read all the same. */
const readableStill: readonly StoreError['code'][] = ['disk-full', 'read-only'];

export class Connection {
  private readonly statements = new Map<string, Statement>();
  private closed = false;
  /** Why the file can only be read; what is read then is of the moment in which it was opened. */
  private limit: StoreError | undefined;

  private constructor(
    readonly path: string,
    private readonly schema: Schema,
    private database: Database.Database,
  ) {}

  /**
   * Opens the file, makes it if it is missing. On a full or read-only disk an existing one can still be read. Throws
   * `StoreError`.
   * @param note told if the newest changes cannot be read
   */
  static async open(
    path: string,
    schema: Schema,
    note: (message: string) => void = () => undefined,
  ): Promise<Connection> {
    try {
      return await whenFree(path, () => new Connection(path, schema, attached(path, schema)));
    } catch (error) {
      if (!(error instanceof StoreError) || !readableStill.includes(error.code) || !existsSync(path)) throw error;
      return Connection.openToRead(path, schema, error, note);
    }
  }

  private static openToRead(
    path: string,
    schema: Schema,
    limit: StoreError,
    note: (message: string) => void,
  ): Connection {
    const file = readableFile(path);
    try {
      const connection = new Connection(path, schema, attached(file.target, schema));
      connection.limit = limit;
      // Joins the WAL of the copy with it, so that it needs no other files.
      if (file.copied) connection.get('PRAGMA file.journal_mode = DELETE');
      if (file.stale) note(`${limit.message}; the newest changes cannot be read`);
      return connection;
    } catch (error) {
      throw isBusy(error) ? toStoreError(error, path) : limit;
    } finally {
      file.forget();
    }
  }

  /** Whether others may change the file unseen. */
  get isFrozen(): boolean {
    return this.limit !== undefined;
  }

  /** The file's format, at most the one that this program knows. */
  get format(): number {
    return this.number('PRAGMA file.user_version');
  }

  set format(format: number) {
    this.database.exec(`PRAGMA file.user_version = ${format}`);
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  get(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.statement(sql).get(values);
  }

  all(sql: string, ...values: SqlValue[]): Row[] {
    return this.statement(sql).all(values);
  }

  /** @returns how many rows it changed */
  run(sql: string, ...values: SqlValue[]): number {
    return this.statement(sql).run(values).changes;
  }

  /** The first column of the first row; 0 if there is none. */
  number(sql: string, ...values: SqlValue[]): number {
    return Number(this.get(sql, ...values)?.[0] ?? 0);
  }

  /** All of what `change` writes, or nothing. Throws the driver's busy error at once when somebody else writes. */
  transact<T>(change: () => T): T {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = change();
      this.run('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled back already.
      if (this.database.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  /** `transact`, waiting for other writers without holding the event loop; errors as `StoreError`. */
  async write<T>(change: () => T): Promise<T> {
    if (this.limit !== undefined) await this.reopen();
    return await whenFree(this.path, () => this.transact(change));
  }

  /** Moves the WAL into the file, so that the next change is written where the WAL has its space already. */
  rewind(): void {
    this.get('PRAGMA file.wal_checkpoint(RESTART)');
  }

  /** Changes whenever another connection has committed something. Costs about 5 µs. */
  dataVersion(): number {
    return this.number('PRAGMA file.data_version');
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.statements.clear();
    detach(this.database);
  }

  /** There may be space again, or the right to write. */
  private async reopen(): Promise<void> {
    const database = await whenFree(this.path, () => attached(this.path, this.schema));
    this.statements.clear();
    detach(this.database);
    this.database = database;
    this.limit = undefined;
  }

  private statement(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      if (this.closed) throw new StoreError('unavailable', `${this.path} has been closed`);
      const prepared = this.database.prepare(sql);
      if (/^\s*(SELECT|PRAGMA)|RETURNING/i.test(sql)) prepared.raw();
      statement = prepared as unknown as Statement;
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** @param target a path, or a URI of SQLite */
function attached(target: string, schema: Schema): Database.Database {
  const database = new Database(':memory:', { timeout: busyTimeoutMs });
  try {
    database.prepare('ATTACH ? AS file').run([target]);
    prepareFile(database, target, schema);
    return database;
  } catch (error) {
    detach(database);
    throw error;
  }
}

function detach(database: Database.Database): void {
  try {
    database.exec('DETACH file');
  } catch {
    // It was never attached, or a reader elsewhere holds the lock that the last checkpoint needs: the WAL stays, and is
    // read by the next.
  }
  database.close();
}

function prepareFile(database: Database.Database, path: string, schema: Schema): void {
  if (formatOf(database) === 0) {
    // The mode of the file is given to its WAL and index by SQLite.
    chmodSync(path, 0o600);
    database.prepare('PRAGMA file.journal_mode = WAL').get([]);
    database.exec('PRAGMA file.synchronous = NORMAL');
    database.exec('BEGIN IMMEDIATE');
    try {
      if (formatOf(database) === 0) database.exec(`${schema.create}; PRAGMA file.user_version = ${schema.format}`);
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
  const format = formatOf(database);
  if (format > schema.format) {
    const formats = `format ${format}; this one reads up to ${schema.format}`;
    throw new StoreError('newer-format', `${path} was written by a newer Slipway (${formats})`, 'update Slipway');
  }
  database.exec('PRAGMA file.synchronous = NORMAL');
}

function formatOf(database: Database.Database): number {
  const [row] = database.prepare('PRAGMA file.user_version').raw().all([]) as Row[];
  return Number(row?.[0] ?? 0);
}

/** Tries until nobody else holds the file, pausing in between; errors as `StoreError`. */
export async function whenFree<T>(path: string, attempt: () => T): Promise<T> {
  let waitedMs = 0;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 25)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || waitedMs >= patienceMs) throw toStoreError(error, path);
    }
    await delay(pauseMs);
    waitedMs += pauseMs + busyTimeoutMs;
  }
}
