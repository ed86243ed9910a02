/** Brings an SQLite file to the format that this program expects. */
import { chmodSync } from 'node:fs';
import type Database from 'libsql';
import { StoreError } from '../store.ts';

/** The expected schema of a file. */
export interface Schema {
  /** The newest format that this program supports. Stored as the file's `user_version`. */
  readonly format: number;
  /** Statements that create format `format` in an empty file. All their names begin with `file.`. */
  readonly create: string;
  /**
   * `migrations[n]` changes the tables of format `n` to those of `n + 1`: statements like those of `create`, or a
   * function that runs them. A format without an entry has the tables of the next one, so its files stay as they are.
   */
  readonly migrations: Readonly<Record<number, Migration>>;
}

export type Migration = string | ((database: Database.Database) => void);

/**
 * Creates the tables of an empty file, or migrates an older file in place. Each happens in one transaction: other
 * processes see the old format or the new one, and a kill leaves the old one.
 * Throws `StoreError` `newer-format`, and the driver's errors.
 */
export function prepareFile(database: Database.Database, path: string, schema: Schema): void {
  const format = formatOf(database);
  if (format === 0) {
    // SQLite gives the file's mode to the WAL and its index.
    chmodSync(path, 0o600);
    database.prepare('PRAGMA file.journal_mode = WAL').get([]);
    database.exec('PRAGMA file.synchronous = NORMAL');
  }
  if (format === 0 || isOutdated(format, schema)) {
    database.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have prepared the file meanwhile.
      change(database, formatOf(database), schema);
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
  refuseNewer(formatOf(database), path, schema);
  database.exec('PRAGMA file.synchronous = NORMAL');
}

function change(database: Database.Database, from: number, { format, create, migrations }: Schema): void {
  if (from === 0) {
    database.exec(`${create}; PRAGMA file.user_version = ${format}`);
    return;
  }
  let reached = from;
  for (let at = from; at < format; at++) {
    const migration = migrations[at];
    if (migration === undefined) continue;
    if (typeof migration === 'string') database.exec(migration);
    else migration(database);
    reached = at + 1;
  }
  if (reached > from) database.exec(`PRAGMA file.user_version = ${reached}`);
}

/** Reports whether the tables of a file of this format differ from the expected ones. */
function isOutdated(from: number, { format, migrations }: Schema): boolean {
  return Object.keys(migrations).some((at) => Number(at) >= from && Number(at) < format);
}

function refuseNewer(format: number, path: string, schema: Schema): void {
  if (format <= schema.format) return;
  const formats = `format ${format}; this version reads up to ${schema.format}`;
  throw new StoreError('newer-format', `${path} was written by a newer Slipway (${formats})`, 'update Slipway');
}

function formatOf(database: Database.Database): number {
  const [row] = database.prepare('PRAGMA file.user_version').raw().all([]) as (readonly unknown[])[];
  return Number(row?.[0] ?? 0);
}
