/**
 * Shows a run. A reporter is a fold of the log: it is handed the stored events in order, from the first on or from any
 * point on, and nothing else; the same events give the same picture whether they are live or history.
 */
import type { StoredEvent } from '../events/event.ts';
import type { RunState, StepState } from '../events/run-state.ts';
import type { Activity } from '../model/activity.ts';
import type { StepText } from '../words/step-text.ts';

/** What a step does, in words; it shows no secret. */
export type StepTextOf = (state: RunState, step: StepState) => StepText;

export interface Reporter {
  /** Resolves when it is fine to hand over the next; a slow screen slows only the reporter. */
  event(event: StoredEvent): void | Promise<void>;
  /** Something for people that is no event: what Ctrl-C does. It may have several lines. */
  notice(text: string): void | Promise<void>;
  /** Where to see at any time what the run is busy with beside its steps; for those that show it. */
  watch?(activity: () => Activity | undefined): void;
  /** Until disposed nothing is drawn that somebody who types an answer would be disturbed by. */
  hold?(): Promise<Disposable>;
  /** No more events come (the run may be unfinished): draws the end and leaves the screen tidy. */
  end(): void | Promise<void>;
}
