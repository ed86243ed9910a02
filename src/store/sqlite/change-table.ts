/**
 * The tables of the index behind the feed. `changes` has the newest change of each run; a new change of a run replaces
 * the older one and has a higher number. `writers` has who may have committed events without telling: a run's events
 * and the index are two databases, so a writer is listed before its first commit, and the events of one that died are
 * looked up.
 */
import type { Seq } from '../../events/event.ts';
import type { RunId } from '../../model/ids.ts';
import type { FeedCursor, OwnerIdentity, RunChange } from '../store.ts';
import type { Connection } from './connection.ts';
import { whenFree } from './connection.ts';

/** `owner`: the process that holds the lease, which says whether it lives. Others have rows of their own. */
export type WriterId = 'owner' | `annex ${string}`;

/** A process that may have committed events since its last notice. */
export interface Writer {
  readonly run: RunId;
  readonly id: WriterId;
  readonly identity: OwnerIdentity;
  /** When it was listed, in milliseconds since 1970. */
  readonly at: number;
}

/** An owner is listed by triggers, which also fire for processes of an older version that have the file open. */
export const createChangeTables = `
    CREATE TABLE file.changes (change INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL);
    CREATE TABLE file.writers (
      run TEXT NOT NULL, id TEXT NOT NULL, identity TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (run, id)) WITHOUT ROWID;
    CREATE TRIGGER file.owner_begins AFTER INSERT ON leases
      BEGIN INSERT OR REPLACE INTO writers VALUES (new.run, 'owner', new.owner, new.heartbeat); END;
    CREATE TRIGGER file.owner_changes AFTER UPDATE OF epoch ON leases
      BEGIN INSERT OR REPLACE INTO writers VALUES (new.run, 'owner', new.owner, new.heartbeat); END;
    CREATE TRIGGER file.run_goes AFTER DELETE ON runs
      BEGIN
        DELETE FROM changes WHERE run = old.id;
        DELETE FROM writers WHERE run = old.id;
        DELETE FROM queue WHERE run = old.id;
      END;`;

/** The rows for runs of an index that had no such tables: each has changed, and each unreleased owner may yet write. */
export const fillChangeTables = `
    INSERT INTO file.changes (run, seq) SELECT id, folded_to FROM file.runs ORDER BY id;
    INSERT INTO file.writers SELECT run, 'owner', owner, heartbeat FROM file.leases WHERE released = 0;`;

export class ChangeTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Lists a writer that is no owner, before its first commit. */
  async list({ run, id, identity, at }: Writer): Promise<void> {
    await this.#connection.write(() =>
      this.#connection.run('INSERT OR REPLACE INTO writers VALUES (?, ?, ?, ?)', run, id, JSON.stringify(identity), at),
    );
  }

  /**
   * Tells that the run has events up to this number.
   * @param done this writer commits no more. A former owner (`epoch`) leaves the entry of its successor
   */
  async tell(run: RunId, seq: Seq, done?: { readonly id: WriterId; readonly epoch?: number }): Promise<void> {
    await this.#connection.write(() => {
      if (seq > 0) this.#tellNow(run, seq);
      if (done !== undefined && this.#mayUnlist(run, done.epoch)) this.#unlistNow(run, done.id);
    });
  }

  #mayUnlist(run: RunId, epoch: number | undefined): boolean {
    if (epoch === undefined) return true;
    const lease = this.#connection.get('SELECT epoch FROM leases WHERE run = ?', run);
    return lease === undefined || Number(lease[0]) === epoch;
  }

  /** Tells for a writer that died. Does nothing if `isDead` is false by now: the run may have a new owner. */
  async settle({ run, id }: Writer, seq: Seq | undefined, isDead: () => boolean): Promise<void> {
    await this.#connection.write(() => {
      if (!isDead()) return;
      if (seq !== undefined && seq > 0) this.#tellNow(run, seq);
      this.#unlistNow(run, id);
    });
  }

  async writers(): Promise<readonly Writer[]> {
    return await whenFree(this.#connection.path, () =>
      this.#connection.all('SELECT run, id, identity, at FROM writers').map(([run, id, identity, at]) => ({
        run: run as RunId,
        id: id as WriterId,
        identity: JSON.parse(String(identity)) as OwnerIdentity,
        at: Number(at),
      })),
    );
  }

  async after(cursor: FeedCursor): Promise<readonly RunChange[]> {
    return await whenFree(this.#connection.path, () =>
      this.#connection
        .all('SELECT run, seq, change FROM changes WHERE change > ? ORDER BY change LIMIT 256', cursor)
        .map(([run, seq, change]) => ({ run: run as RunId, seq: Number(seq), cursor: Number(change) })),
    );
  }

  /** A later notice may already have been given: two writers tell in any order. */
  #tellNow(run: RunId, seq: Seq): void {
    this.#connection.run(
      `INSERT OR REPLACE INTO changes (run, seq) SELECT ?1, ?2
        WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?1) AND NOT EXISTS (SELECT 1 FROM changes WHERE run = ?1 AND seq >= ?2)`,
      run,
      seq,
    );
  }

  #unlistNow(run: RunId, id: WriterId): void {
    this.#connection.run('DELETE FROM writers WHERE run = ? AND id = ?', run, id);
  }
}
