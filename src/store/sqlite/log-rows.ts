/** Converts between events and the rows of a run's database. */
import { isUtf8 } from 'node:buffer';
import type { EventType, OutputSource, Seq, StampedEvent, StoredEvent } from '../../events/event.ts';
import { bodyToRawJson, eventToRawJson, isShownAsStored, sourceJson, textToRawJson } from '../../events/event-json.ts';
import type { StoredRecord } from '../../events/upcast.ts';
import { upcast } from '../../events/upcast.ts';
import type { StepId, RunId } from '../../model/ids.ts';
import type { Stream } from '../../model/work.ts';
import type { LogEntry } from '../log/event-page.ts';
import type { StoredOutput } from '../store.ts';
import type { Row, SqlValue } from './connection.ts';

/** The log that rows belong to. */
export interface RowContext {
  readonly run: RunId;
  /** The newest format that this program supports. */
  readonly format: number;
  /** Returns the format of the events of an epoch. */
  formatOf(epoch: number): number;
}

/** The first format in which the bytes of output may be a text. */
const formatWithTexts = 3;
/** Longer output stays a BLOB: SQLite counts the bytes of a BLOB, but not of a text, without reading it. */
const maxTextBytes = 4 << 10;

/** The columns of `output` in the order of `outputValues` and `OutputRow`. */
export const outputColumns = 'seq, epoch, at, step, attempt, source, stream, "offset", "cursor", bytes';

/**
 * Returns short output as a text, if it is valid UTF-8. The driver reads a text three times as fast as a BLOB.
 * `undefined`: it is stored as bytes. So is a NUL, which ends a text for some functions of SQLite.
 */
export function textOf(bytes: Uint8Array, format: number): string | undefined {
  if (bytes.length > maxTextBytes || format < formatWithTexts) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) && !buffer.includes(0) ? buffer.toString('utf8') : undefined;
}

/** Returns the values of a row of `output`. */
export function outputValues(
  seq: Seq,
  epoch: number,
  event: Extract<StampedEvent, { type: 'output' }>,
  text: string | undefined,
): readonly SqlValue[] {
  const { from } = event;
  const [step, attempt, source] = 'step' in from ? [from.step, from.attempt, null] : [null, null, sourceJson(from)];
  const { at, stream, offset, cursor = null, bytes } = event;
  return [seq, epoch, at, step, attempt, source, stream, offset, cursor, text ?? bytes];
}

/** A row of `events`: number, epoch, time, JSON of the other fields. */
export class StructuralRow implements LogEntry {
  readonly seq: Seq;
  readonly type: EventType;
  readonly #row: Row;
  readonly #log: RowContext;

  constructor(row: Row, log: RowContext) {
    this.#row = row;
    this.#log = log;
    this.seq = Number(row[0]);
    this.type = typeOf(String(row[3]));
  }

  event(): StoredEvent {
    const [, epoch, at, body] = this.#row;
    const event = upcast(JSON.parse(String(body)) as StoredRecord, this.#log.formatOf(Number(epoch)));
    return Object.assign(event, { at: Number(at), run: this.#log.run, epoch: Number(epoch), seq: this.seq });
  }

  rawJson(): string {
    const [, epoch, at, body] = this.#row;
    const isCurrent = this.#log.formatOf(Number(epoch)) === this.#log.format;
    if (!isCurrent || !isShownAsStored(this.type)) return eventToRawJson(this.event());
    const stamp = { at: Number(at), run: this.#log.run, epoch: Number(epoch), seq: this.seq };
    return bodyToRawJson(String(body), stamp);
  }
}

/** A row of `output`. */
export class OutputRow implements LogEntry {
  readonly seq: Seq;
  readonly type = 'output';
  readonly #row: Row;
  readonly #log: RowContext;

  constructor(row: Row, log: RowContext) {
    this.#row = row;
    this.#log = log;
    this.seq = Number(row[0]);
  }

  event(): StoredOutput {
    const [, epoch, at, , , , , , , stored] = this.#row;
    const record = { type: 'output', ...this.#head(), bytes: bytesOf(stored as string | Uint8Array) } as const;
    const event = upcast(record, this.#log.formatOf(Number(epoch))) as typeof record;
    return Object.assign(event, { at: Number(at), run: this.#log.run, epoch: Number(epoch), seq: this.seq });
  }

  rawJson(): string {
    const [, epoch, at, , , , , , , stored] = this.#row;
    if (typeof stored !== 'string') return eventToRawJson(this.event());
    const stamp = { at: Number(at), run: this.#log.run, epoch: Number(epoch), seq: this.seq };
    return textToRawJson({ type: 'output', ...this.#head() }, stamp, stored);
  }

  #head() {
    const [, , , step, attempt, source, stream, offset, cursor] = this.#row;
    const from =
      step === null ? (JSON.parse(String(source)) as OutputSource) : { step: step as StepId, attempt: Number(attempt) };
    return {
      from,
      stream: stream as Stream,
      offset: Number(offset),
      ...(cursor === null ? {} : { cursor: Number(cursor) }),
    };
  }
}

function bytesOf(stored: string | Uint8Array): Uint8Array {
  // Tests compare bytes with Uint8Array, and a Buffer is none of the same class.
  const held = typeof stored === 'string' ? Buffer.from(stored) : stored;
  return new Uint8Array(held.buffer, held.byteOffset, held.byteLength);
}

/** The type is the first field of nearly every body. */
function typeOf(body: string): EventType {
  const head = '{"type":"';
  if (body.startsWith(head)) return body.slice(head.length, body.indexOf('"', head.length)) as EventType;
  return (JSON.parse(body) as { type: EventType }).type;
}
