/** A run's database: its events and output, numbered together, and the epoch that may append. */
import type { Seq, StampedEvent } from '../../events/event.ts';
import { logFormat } from '../../events/event.ts';
import { sourceJson } from '../../events/event-json.ts';
import type { RunId } from '../../model/ids.ts';
import type { LogEntry } from '../log/event-page.ts';
import { entryOf, LazyPage } from '../log/event-page.ts';
import { StoreError } from '../store.ts';
import type { OutputQuery, StoredOutput } from '../store.ts';
import type { Row } from './connection.ts';
import { Connection, whenFree } from './connection.ts';
import type { Schema } from './prepare-file.ts';
import { OutputRow, outputValues, StructuralRow, textOf, type RowContext } from './log-rows.ts';
import { lastThatFits, outputRows, pageEvents, type Selected } from './output-rows.ts';

/** Files of before format 3 get it when a newer program takes them over. Without it the queries only take longer. */
const createSourceIndex =
  'CREATE INDEX IF NOT EXISTS file.output_by_source ON output (source) WHERE source IS NOT NULL';

/**
 * `owner` has one row. Output is in a table of its own, so that structural reads never touch it. Followers read it by
 * number, `logs` by step. `source` is JSON if the output is not of a step. `bytes` is a text if the output is short and
 * valid UTF-8.
 */
const runSchema: Schema = {
  format: logFormat,
  // The tables of all formats so far are the same. A migration must also keep the format of the stored events (`formats`).
  migrations: {},
  create: `
    CREATE TABLE file.owner (epoch INTEGER NOT NULL, finished INTEGER NOT NULL);
    INSERT INTO file.owner VALUES (1, 0);
    CREATE TABLE file.events (seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE TABLE file.output (
      seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, at INTEGER NOT NULL, step TEXT, attempt INTEGER, source TEXT,
      stream TEXT NOT NULL, "offset" INTEGER NOT NULL, "cursor" INTEGER, bytes BLOB NOT NULL);
    CREATE INDEX file.output_by_step ON output (step) WHERE step IS NOT NULL;
    ${createSourceIndex}`,
};

/**
 * Formats of events, by the epoch from which they were written, for a file that a newer program took over. Without an
 * entry the file's own format applies.
 */
const createFormats = 'CREATE TABLE IF NOT EXISTS file.formats (epoch INTEGER PRIMARY KEY, format INTEGER NOT NULL)';

/** The result of a commit. */
export interface Appended {
  readonly page: LazyPage;
  readonly head: Seq;
  /** The approximate size. */
  readonly bytes: number;
}

export class RunFile implements RowContext {
  readonly #connection: Connection;
  #formats: readonly EpochFormat[];

  private constructor(
    readonly run: RunId,
    connection: Connection,
    readonly format: number,
    formats: readonly EpochFormat[],
  ) {
    this.#connection = connection;
    this.#formats = formats;
  }

  /**
   * @param note called if the newest events cannot be read
   * @param format the newest format to read, and the one to write
   */
  static async open(run: RunId, path: string, note?: (message: string) => void, format = logFormat): Promise<RunFile> {
    const connection = await Connection.open(path, { ...runSchema, format }, note);
    return new RunFile(run, connection, format, await whenFree(path, () => formatsOf(connection)));
  }

  /**
   * Returns the number of the last event of a log, without a wait. Throws `StoreError`, also if another process locks the
   * file.
   */
  static async headOf(path: string): Promise<Seq> {
    const connection = await Connection.open(path, runSchema, undefined, 0);
    try {
      return await whenFree(path, () => headIn(connection), 0);
    } finally {
      connection.close();
    }
  }

  get path(): string {
    return this.#connection.path;
  }

  /** Reports whether the file is read as it was when opened, since its disk is full or read-only. */
  get isFrozen(): boolean {
    return this.#connection.isFrozen;
  }

  close(): void {
    this.#connection.close();
  }

  dataVersion(): number {
    return this.#connection.dataVersion();
  }

  async isFinished(): Promise<boolean> {
    return await this.#reading(() => this.#connection.number('SELECT finished FROM owner') === 1);
  }

  /** Reports whether an owner has begun the run: whether it has `run.queued`, or a floor in its place. */
  async isBegun(): Promise<boolean> {
    const sql =
      "SELECT EXISTS (SELECT 1 FROM events WHERE json_extract(body, '$.type') IN ('run.queued', 'log.floor'))";
    return await this.#reading(() => this.#connection.number(sql) === 1);
  }

  async head(): Promise<Seq> {
    return await this.#reading(() => this.headNow());
  }

  /** Refuses appends of older epochs from the moment that this resolves. */
  async raiseEpoch(epoch: number): Promise<void> {
    await this.#connection.write(() => {
      this.#connection.run('UPDATE owner SET epoch = max(epoch, ?)', epoch);
      this.#raiseFormat(epoch);
    });
  }

  /** Writes the newest format from this epoch on. Older programs refuse the file from then on. */
  #raiseFormat(epoch: number): void {
    const before = this.#connection.format;
    if (before >= this.format) return;
    this.#connection.run(createFormats);
    this.#connection.run(createSourceIndex);
    this.#connection.run('INSERT OR IGNORE INTO formats VALUES (0, ?)', before);
    this.#connection.run('INSERT OR REPLACE INTO formats VALUES (?, ?)', epoch, this.format);
    this.#connection.format = this.format;
  }

  /** Compares the epoch in the transaction that numbers the events, so a former owner cannot append. */
  async append(epoch: number, events: readonly StampedEvent[]): Promise<Appended> {
    return await this.#connection.write(() => {
      this.#checkEpoch(epoch);
      return this.#appendNow(epoch, events);
    });
  }

  /**
   * Appends events of another process than the owner. They get the epoch that may append now.
   * @param check called in the transaction; throws if nothing may be appended any more
   */
  async appendBeside(events: readonly StampedEvent[], check: () => void): Promise<Appended> {
    return await this.#connection.write(() => {
      check();
      return this.#appendNow(this.#connection.number('SELECT epoch FROM owner'), events);
    });
  }

  #appendNow(epoch: number, events: readonly StampedEvent[]): Appended {
    let head = this.headNow();
    let bytes = 0;
    const entries: LogEntry[] = [];
    for (const event of events) {
      head += 1;
      const text = this.#insert(head, epoch, event);
      bytes += event.type === 'output' ? event.bytes.length : (text?.length ?? 0);
      entries.push(entryOf({ ...event, run: this.run, epoch, seq: head }, text));
    }
    if (events.some(({ type }) => type === 'run.finished')) this.#connection.run('UPDATE owner SET finished = 1');
    return { page: new LazyPage(entries, head), head, bytes };
  }

  /**
   * Stores a floor in place of the event with this number. What is below it can be dropped then: a reader that comes to
   * the floor has the state that it would have had.
   */
  async putFloor(epoch: number, seq: Seq, state: object): Promise<void> {
    await this.#connection.write(() => {
      this.#checkEpoch(epoch);
      const replaced =
        this.#connection.get('SELECT epoch, at FROM events WHERE seq = ?', seq) ??
        this.#connection.get('SELECT epoch, at FROM output WHERE seq = ?', seq);
      if (replaced === undefined) throw new RangeError(`run ${this.run} has no event ${seq}`);
      const [itsEpoch = null, at = null] = replaced;
      const body = JSON.stringify({ type: 'log.floor', state });
      this.#connection.run('DELETE FROM output WHERE seq = ?', seq);
      this.#connection.run('INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?)', seq, itsEpoch, at, body);
    });
  }

  /**
   * Drops some of the events below `bound`, the newest first: what is left of them never has a gap in its middle.
   * @returns the next bound; 0 if nothing is left
   */
  async dropBelow(epoch: number, bound: Seq): Promise<Seq> {
    return await this.#connection.write(() => {
      this.#checkEpoch(epoch);
      const newest = `WHERE seq < ? ORDER BY seq DESC LIMIT ${pageEvents}`;
      const output = this.#connection.all(`SELECT seq, length(bytes) FROM output ${newest}`, bound);
      const events = this.#connection.all(`SELECT seq FROM events ${newest}`, bound);
      const lowest = Math.max(lowestOf(output, lastThatFits(output)), lowestOf(events, undefined));
      this.#connection.run('DELETE FROM output WHERE seq >= ? AND seq < ?', lowest, bound);
      this.#connection.run('DELETE FROM events WHERE seq >= ? AND seq < ?', lowest, bound);
      return lowest;
    });
  }

  /** Returns the next events, read in one transaction: no event between two of them is missing. */
  async page(after: Seq, structural: boolean): Promise<LazyPage> {
    return await this.#readingAtOnce(() => {
      const head = this.headNow();
      if (head <= after) return new LazyPage([], after);
      const chunks = structural ? { rows: [], through: head } : this.#chunks(after, head);
      const rows = this.#connection.all(
        `SELECT seq, epoch, at, body FROM events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ${pageEvents}`,
        after,
        chunks.through,
      );
      const through = rows.length < pageEvents ? chunks.through : Number(rows.at(-1)?.[0]);
      const output = chunks.rows.map((row) => new OutputRow(row, this)).filter(({ seq }) => seq <= through);
      return new LazyPage(
        merged(
          rows.map((row) => new StructuralRow(row, this)),
          output,
        ),
        through,
      );
    });
  }

  /**
   * Returns where the last `tailBytes` of this output begin: the number before them, and how many bytes of the next
   * chunk to skip.
   */
  async outputStart(query: OutputQuery, tailBytes: number, head: Seq): Promise<{ after: Seq; surplus: number }> {
    return await this.#reading(() => {
      if (tailBytes <= 0) return { after: head, surplus: 0 };
      const { where, values } = selected(query);
      let missing = tailBytes;
      let before = head + 1;
      for (;;) {
        const rows = this.#connection.all(
          `SELECT seq, length(CAST(bytes AS BLOB)) FROM output WHERE ${where} AND seq < ? ORDER BY seq DESC LIMIT 1000`,
          ...values,
          before,
        );
        for (const [seq, size] of rows) {
          before = Number(seq);
          missing -= Number(size);
          if (missing <= 0) return { after: before - 1, surplus: -missing };
        }
        if (rows.length < 1000) return { after: 0, surplus: 0 };
      }
    });
  }

  /** Returns a page of the output after `after` up to `head`. Empty at the end. */
  async outputPage(query: OutputQuery, after: Seq, head: Seq): Promise<readonly StoredOutput[]> {
    return await this.#readingAtOnce(() => {
      const { rows } = outputRows(this.#connection, selected(query), after, head);
      return rows.map((row) => new OutputRow(row, this).event());
    });
  }

  /** Throws the driver's errors. */
  headNow(): Seq {
    return headIn(this.#connection);
  }

  #checkEpoch(epoch: number): void {
    const current = this.#connection.number('SELECT epoch FROM owner');
    if (current !== epoch) {
      throw new StoreError(
        'not-owner',
        `run ${this.run} was taken over by another process (epoch ${current}; this one has ${epoch})`,
      );
    }
  }

  /** Returns what was stored, if it is a text. */
  #insert(seq: Seq, epoch: number, event: StampedEvent): string | undefined {
    if (event.type === 'output') {
      const text = textOf(event.bytes, this.format);
      this.#connection.run(
        'INSERT INTO output VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...outputValues(seq, epoch, event, text),
      );
      return text;
    }
    const { at, ...body } = event;
    const text = JSON.stringify(body);
    this.#connection.run('INSERT INTO events VALUES (?, ?, ?, ?)', seq, epoch, at, text);
    return text;
  }

  /** Returns as many rows of output as fit a page, and the number up to which they are complete. */
  #chunks(after: Seq, head: Seq): { rows: readonly Row[]; through: Seq } {
    const { rows, all } = outputRows(this.#connection, selected({}), after, head);
    return { rows, through: all ? head : Number(rows.at(-1)?.[0] ?? head) };
  }

  /** Another process may have taken over a file of an older format since this process opened it. */
  #refreshFormats(): void {
    if ((this.#formats.at(-1)?.format ?? 0) < this.format) this.#formats = formatsOf(this.#connection);
  }

  formatOf(epoch: number): number {
    return this.#formats.findLast((from) => from.epoch <= epoch)?.format ?? this.format;
  }

  /** Reads in one transaction: another process may cut the log between two statements. */
  async #readingAtOnce<T>(read: () => T): Promise<T> {
    return await this.#reading(() => this.#connection.snapshot(read));
  }

  async #reading<T>(read: () => T): Promise<T> {
    return await whenFree(this.path, () => {
      this.#refreshFormats();
      return read();
    });
  }
}

function headIn(connection: Connection): Seq {
  return connection.number(
    'SELECT max(ifnull((SELECT max(seq) FROM events), 0), ifnull((SELECT max(seq) FROM output), 0))',
  );
}

interface EpochFormat {
  readonly epoch: number;
  readonly format: number;
}

/** By epoch. */
function formatsOf(connection: Connection): readonly EpochFormat[] {
  const known = connection.get("SELECT 1 FROM file.sqlite_master WHERE name = 'formats'") !== undefined;
  if (!known) return [{ epoch: 0, format: connection.format }];
  const rows = connection.all('SELECT epoch, format FROM formats ORDER BY epoch');
  return rows.map(([epoch, format]) => ({ epoch: Number(epoch), format: Number(format) }));
}

/** Returns the lowest number to drop: `wanted`, or 0 if there are no rows beyond it. */
function lowestOf(rows: readonly Row[], wanted: Seq | undefined): Seq {
  const last = Number(rows.at(-1)?.[0] ?? 0);
  return rows.length < pageEvents && (wanted ?? last) === last ? 0 : (wanted ?? last);
}

function merged(events: readonly LogEntry[], output: readonly LogEntry[]): readonly LogEntry[] {
  if (output.length === 0) return events;
  if (events.length === 0) return output;
  return [...events, ...output].sort((a, b) => a.seq - b.seq);
}

function selected({ step, attempt, workload, container }: OutputQuery): Selected {
  if (step !== undefined) {
    return attempt === undefined
      ? { where: 'step = ?', values: [step] }
      : { where: 'step = ? AND attempt = ?', values: [step, attempt] };
  }
  if (workload === undefined) return { where: 'TRUE', values: [] };
  if (container !== undefined) return { where: 'source = ?', values: [sourceJson({ workload, container })] };
  // All texts that begin with the workload and a comma: `-` is the next character.
  const head = JSON.stringify({ workload }).slice(0, -1);
  return { where: 'source >= ? AND source < ?', values: [`${head},`, `${head}-`] };
}
