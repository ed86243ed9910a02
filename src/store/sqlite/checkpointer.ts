/**
 * Moves what was committed from a file's WAL into the file, on a thread of the driver: it waits for the disk, which the
 * event loop must not (measured: up to 19 ms per 4 MB when SQLite does it inside a commit, 1 ms without).
 */

/** The part of the driver that is used here: it declares its results as `any`. */
interface Commands {
  exec(sql: string): Promise<void>;
  close(): void;
}

export class Checkpointer {
  /** Appended since the last checkpoint began. */
  private pendingBytes = 0;
  /** Appended since the last checkpoint for which the writer waited. */
  private bytesAhead = 0;
  private running: Promise<void> | undefined;
  private database: Commands | undefined;

  constructor(private readonly path: string) {}

  /**
   * Counts what was appended.
   * @returns a promise when the writer has to wait: only what was committed before a checkpoint began is moved by it,
   *   so beside a
   *   writer that never pauses the WAL would grow for ever
   */
  wrote(bytes: number): Promise<void> | undefined {
    this.pendingBytes += bytes;
    this.bytesAhead += bytes;
    if (this.bytesAhead >= maxBytesAhead) return this.catchUp();
    if (this.pendingBytes >= checkpointBytes) this.running ??= this.checkpoint();
    return undefined;
  }

  private async catchUp(): Promise<void> {
    await this.running;
    this.running = this.checkpoint();
    await this.running;
    this.bytesAhead = 0;
  }

  async close(): Promise<void> {
    await this.running;
    const database = this.database;
    this.database = undefined;
    if (database === undefined) return;
    await database.exec('DETACH file').catch(() => undefined);
    database.close();
  }

  private async checkpoint(): Promise<void> {
    this.pendingBytes = 0;
    try {
      this.database ??= await attached(this.path);
      await this.database.exec('PRAGMA file.wal_checkpoint(PASSIVE)');
    } catch {
      // A checkpoint that is not possible now (disk full) is made later; whether events can be stored, their own commit
      // tells.
    } finally {
      this.running = undefined;
    }
  }
}

/** As many bytes as SQLite's own 1000 pages. */
const checkpointBytes = 4 << 20;
/** About what the WAL takes on the disk at most. */
const maxBytesAhead = 16 << 20;

async function attached(path: string): Promise<Commands> {
  // Loading it takes 6 ms, and only a run with much output comes here.
  const { default: AsyncDatabase } = await import('libsql/promise');
  const database: Commands = new AsyncDatabase(':memory:', { timeout: 0 });
  await database.exec(`ATTACH '${path.replaceAll("'", "''")}' AS file`);
  return database;
}
