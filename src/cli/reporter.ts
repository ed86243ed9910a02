/**
 * Shows a run. A reporter is a fold of the log: it is handed the stored events in order, from the first on or from any
 * point on, and nothing else; the same events give the same picture whether they are live or history.
 */
import type { StoredEvent } from '../events/event.ts';

export interface Reporter {
  /** Resolves when it is fine to hand over the next; a slow screen slows only the reporter. */
  event(event: StoredEvent): void | Promise<void>;
  /** No more events come (the run may be unfinished): draws the end and leaves the screen tidy. */
  end(): void | Promise<void>;
}
