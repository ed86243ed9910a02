/**
 * Shows a run. A reporter is a fold over the log: it receives the stored events in order, from the first or from a
 * later one, and nothing else. The same events give the same picture, live or from history.
 */
import type { StoredEvent } from '../events/event.ts';
import type { RunState, StepState } from '../events/run-state.ts';
import type { Activity } from '../model/activity.ts';
import type { StepText } from '../words/step-text.ts';

/** What a step does, in words; it shows no secret. */
export type StepTextOf = (state: RunState, step: StepState) => StepText;

export interface Reporter {
  /** Resolves when the reporter accepts the next event. A slow screen delays only the reporter. */
  event(event: StoredEvent): void | Promise<void>;
  /** Shows a message that is not an event, such as what Ctrl-C does. It may have several lines. */
  notice(text: string): void | Promise<void>;
  /** Passes a function that returns what the run does beside its steps, for reporters that show it. */
  watch?(activity: () => Activity | undefined): void;
  /** Suspends drawing until disposal, while the user types an answer. */
  hold?(): Promise<Disposable>;
  /** Draws the end and restores the screen. No more events follow, though the run may be unfinished. */
  end(): void | Promise<void>;
}
