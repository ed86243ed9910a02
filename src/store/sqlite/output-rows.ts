/** Reads the output of a log, a page at a time. */
import type { Seq } from '../../events/event.ts';
import type { Connection, Row, SqlValue } from './connection.ts';
import { outputColumns } from './log-rows.ts';

/** A page is read in about a millisecond. Longer ones cost more for each event: the garbage collector copies them. */
export const pageEvents = 256;
const pageBytes = 256 << 10;

/** A condition of SQL, and its values. */
export interface Selected {
  readonly where: string;
  readonly values: readonly SqlValue[];
}

export interface OutputRows {
  readonly rows: readonly Row[];
  /** Reports whether these are all rows up to the head. */
  readonly all: boolean;
}

/** Returns the selected rows after `after` that fit a page, at least one if there is one. */
export function outputRows(connection: Connection, { where, values }: Selected, after: Seq, head: Seq): OutputRows {
  const page = `FROM output WHERE ${where} AND seq > ? AND seq <= ? ORDER BY seq LIMIT ${pageEvents}`;
  const [count, last, bytes] = connection.get(
    `SELECT count(*), max(seq), sum(length(bytes)) FROM (SELECT seq, bytes ${page})`,
    ...values,
    after,
    head,
  ) ?? [0, null, 0];
  if (last === null || last === undefined) return { rows: [], all: true };
  const whole = Number(bytes) <= pageBytes;
  const through = whole
    ? Number(last)
    : (lastThatFits(connection.all(`SELECT seq, length(bytes) ${page}`, ...values, after, head)) ?? Number(last));
  const rows = rowsAsOneText(connection, {
    where: `${where} AND seq > ? AND seq <= ?`,
    values: [...values, after, through],
  });
  return { rows, all: through === Number(last) && Number(count) < pageEvents };
}

/** JSON has these values as they are. */
const isPlain = `(typeof(bytes) = 'text' AND typeof("cursor") <> 'real')`;

/**
 * Reads the rows as one text. The driver takes 0.7 µs for each row and 0.1 for each column, which is more than a third of
 * what an event costs in all.
 */
function rowsAsOneText(connection: Connection, { where, values }: Selected): readonly Row[] {
  const [text] = connection.get(
    `SELECT group_concat(CASE WHEN ${isPlain} THEN json_array(${outputColumns}) ELSE seq END, ',')
      FROM (SELECT * FROM output WHERE ${where} ORDER BY seq)`,
    ...values,
  ) ?? [null];
  if (typeof text !== 'string') return [];
  const read = JSON.parse(`[${text}]`) as readonly (Row | Seq)[];
  if (read.every((row) => typeof row !== 'number')) return read;
  const others = connection.all(`SELECT ${outputColumns} FROM output WHERE ${where} AND NOT ${isPlain}`, ...values);
  const bySeq = new Map(others.map((row) => [row[0], row]));
  return read.flatMap((row) => {
    const found = typeof row === 'number' ? bySeq.get(row) : row;
    return found === undefined ? [] : [found];
  });
}

/** Returns the last of these (number, size) pairs that fits a page, at least one. */
export function lastThatFits(sizes: readonly Row[]): Seq | undefined {
  let bytes = 0;
  let last: Seq | undefined;
  for (const [seq, size] of sizes) {
    bytes += Number(size);
    if (last !== undefined && bytes > pageBytes) break;
    last = Number(seq);
  }
  return last;
}
