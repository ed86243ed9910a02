import type { OutputEvent, OwnerEvent, Seq } from './event.ts';

/** Receives the events of a run from its owner. Implementations add times and batch, a wrapper masks secrets. */
export interface EventSink {
  /** Adds a structural event. Never throws, waits or drops an event. */
  emit(event: Exclude<OwnerEvent, OutputEvent>): void;
  /**
   * Adds output. Returns immediately while less than 8 MiB wait to be stored, otherwise when the store has caught up.
   */
  write(event: OutputEvent): void | Promise<void>;
  /** Resolves when all events so far are committed. Rejects with a `StoreError` if they cannot be. */
  stored(): Promise<Seq>;
}
