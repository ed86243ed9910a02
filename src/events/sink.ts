import type { OutputEvent, RunEvent, Seq } from './event.ts';

/** Where the owner of a run puts events. Stamping and batching are done by implementations, masking by a wrapper. */
export interface EventSink {
  /** A structural event: never throws, never waits, never dropped. */
  emit(event: Exclude<RunEvent, OutputEvent>): void;
  /** Output: at once while less than 8 MiB wait to be stored, else when the store has caught up. */
  write(event: OutputEvent): void | Promise<void>;
  /** All that was emitted so far is committed; rejects with a `StoreError` if it cannot be. */
  stored(): Promise<Seq>;
}
