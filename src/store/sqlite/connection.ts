/**
 * One SQLite file, opened through the driver.
 *
 * The file is attached to a database in memory instead of being opened directly. The driver closes a file only after
 * the garbage collector has freed its last statement. DETACH closes it at once (checkpoint, removal of the WAL).
 *
 * The driver aborts the process on unknown values (booleans), hence `SqlValue`. It returns BLOBs as bytes only from raw
 * statements, hence rows as arrays.
 */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'libsql';
import { StoreError } from '../store.ts';
import type { Schema } from './prepare-file.ts';
import { prepareFile } from './prepare-file.ts';
import type { ReadableFile } from './readable-file.ts';
import { privateCopy, readableFile } from './readable-file.ts';
import { retryPauseMs } from './retry-pause.ts';
import { isBusy, isReadOnly, toStoreError } from './sqlite-errors.ts';

export type SqlValue = number | string | Uint8Array | null;
export type Row = readonly SqlValue[];

interface Statement {
  get(values: readonly SqlValue[]): Row | undefined;
  all(values: readonly SqlValue[]): Row[];
  run(values: readonly SqlValue[]): { changes: number };
}

/** SQLite looks each millisecond. Longer waits do not block the event loop (`whenFree`). */
const busyTimeoutMs = 2;
const patienceMs = 10_000;
/** Another process may be migrating a large file. */
const openPatienceMs = 120_000;
/** Reasons for which a file cannot be written but can still be read. */
const readableStill: readonly StoreError['code'][] = ['disk-full', 'read-only'];

export class Connection {
  readonly #statements = new Map<string, Statement>();
  #closed = false;
  /** Why the file is read-only. Reads then return its state when it was opened. */
  #limit: StoreError | undefined;
  readonly #schema: Schema;
  #database: Database.Database;

  private constructor(
    readonly path: string,
    schema: Schema,
    database: Database.Database,
  ) {
    this.#schema = schema;
    this.#database = database;
  }

  /**
   * Opens the file. Creates it if it is missing, and migrates it if its format is older. An existing file on a full or
   * read-only disk is opened for reading; if its format is older, a migrated copy outside that disk. Throws `StoreError`.
   * @param note called if the newest changes cannot be read
   * @param longestMs how long to wait for another process that locks the file
   */
  static async open(
    path: string,
    schema: Schema,
    note: (message: string) => void = () => undefined,
    longestMs = openPatienceMs,
  ): Promise<Connection> {
    try {
      return await whenFree(path, () => new Connection(path, schema, attached(path, schema)), longestMs);
    } catch (error) {
      if (!(error instanceof StoreError) || !readableStill.includes(error.code) || !existsSync(path)) throw error;
      return Connection.#openToRead(path, schema, error, note);
    }
  }

  static #openToRead(path: string, schema: Schema, limit: StoreError, note: (message: string) => void): Connection {
    const file = readableFile(path);
    try {
      return Connection.#opened(path, schema, limit, file, note);
    } catch (error) {
      if (isBusy(error)) throw toStoreError(error, path);
      // Only a copy of an older format can be migrated.
      const copy = isReadOnly(error) ? privateCopy(path) : undefined;
      if (copy === undefined) throw limit;
      try {
        return Connection.#opened(path, schema, limit, copy, note);
      } catch {
        throw limit;
      }
    }
  }

  static #opened(
    path: string,
    schema: Schema,
    limit: StoreError,
    file: ReadableFile,
    note: (message: string) => void,
  ): Connection {
    try {
      const connection = new Connection(path, schema, attached(file.target, schema));
      connection.#limit = limit;
      // Merge the copy's WAL into it, so that it needs no other files.
      if (file.copied) connection.get('PRAGMA file.journal_mode = DELETE');
      if (file.stale) note(`${limit.message}; the newest changes cannot be read`);
      return connection;
    } finally {
      file.forget();
    }
  }

  /** Reports whether changes by other processes are invisible. */
  get isFrozen(): boolean {
    return this.#limit !== undefined;
  }

  /** The file's format, at most the newest that this program supports. */
  get format(): number {
    return this.number('PRAGMA file.user_version');
  }

  set format(format: number) {
    this.#database.exec(`PRAGMA file.user_version = ${format}`);
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  get(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#statement(sql).get(values);
  }

  all(sql: string, ...values: SqlValue[]): Row[] {
    return this.#statement(sql).all(values);
  }

  /** @returns the number of changed rows */
  run(sql: string, ...values: SqlValue[]): number {
    return this.#statement(sql).run(values).changes;
  }

  /** Returns the first column of the first row; 0 if there is none. */
  number(sql: string, ...values: SqlValue[]): number {
    return Number(this.get(sql, ...values)?.[0] ?? 0);
  }

  /** Runs `change` in a transaction. Throws the driver's busy error at once if another process is writing. */
  transact<T>(change: () => T): T {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = change();
      this.run('COMMIT');
      return result;
    } catch (error) {
      // On a full disk SQLite has already rolled back.
      if (this.#database.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  /** Reads in one transaction. */
  snapshot<T>(read: () => T): T {
    this.run('BEGIN');
    try {
      return read();
    } finally {
      // After some errors of the disk SQLite has already rolled back.
      if (this.#database.inTransaction) this.run('ROLLBACK');
    }
  }

  /** Runs `transact`. Waits for other writers without blocking the event loop. Throws `StoreError`. */
  async write<T>(change: () => T): Promise<T> {
    if (this.#limit !== undefined) await this.#reopen();
    return await whenFree(this.path, () => this.transact(change));
  }

  /** Moves the WAL into the file. The next change then reuses the WAL's space. */
  rewind(): void {
    this.get('PRAGMA file.wal_checkpoint(RESTART)');
  }

  /** Returns a number that changes when another connection commits. Takes about 5 µs. */
  dataVersion(): number {
    return this.number('PRAGMA file.data_version');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    detach(this.#database);
  }

  /** Reopens the file: the disk may have space again, or be writable. */
  async #reopen(): Promise<void> {
    const database = await whenFree(this.path, () => attached(this.path, this.#schema));
    this.#statements.clear();
    detach(this.#database);
    this.#database = database;
    this.#limit = undefined;
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#closed) throw new StoreError('unavailable', `${this.path} has been closed`);
      const prepared = this.#database.prepare(sql);
      if (/^\s*(SELECT|PRAGMA)|RETURNING/i.test(sql)) prepared.raw();
      statement = prepared as unknown as Statement;
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** @param target a path, or an SQLite URI */
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
    // The file was never attached, or another reader holds the lock of the last checkpoint. The WAL stays for the next
    // reader.
  }
  database.close();
}

/** Retries until no other process locks the file, with pauses. Throws `StoreError`. */
export async function whenFree<T>(path: string, attempt: () => T, longestMs = patienceMs): Promise<T> {
  let waitedMs = 0;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || waitedMs >= longestMs) throw toStoreError(error, path);
    }
    const pauseMs = retryPauseMs(waitedMs);
    await delay(pauseMs);
    waitedMs += pauseMs + busyTimeoutMs;
  }
}
