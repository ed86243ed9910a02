/**
 * Reads the events of older formats. Every format that was ever written stays readable: `test/fixtures/logs` keeps a log of each.
 * Additive changes need nothing here; a changed meaning raises `logFormat` and adds a step to `steps`.
 */
import type { RunEvent } from './event.ts';

/** An event as it was stored: an object with a `type`, the bytes of output already in place. */
export type StoredRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

/** `steps[n]` turns a record of format `n` into one of format `n + 1`. */
const steps: Readonly<Record<number, (record: StoredRecord) => StoredRecord>> = {};

/** @param format the format of the log that the record was read from */
export function upcast(record: StoredRecord, format: number): RunEvent {
  let current = record;
  for (let from = format; steps[from] !== undefined; from++) current = steps[from]?.(current) ?? current;
  // What was written as an event is one; folds skip types and fields that they do not know.
  return current as unknown as RunEvent;
}
