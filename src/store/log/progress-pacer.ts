/**
 * Limits progress events to 4 a second for each subject. Keeps the newest one, and passes it on before later events.
 */
import type { OwnerEvent } from '../../events/event.ts';
import type { Clock } from '../../model/clock.ts';

export type ObservedEvent = Extract<OwnerEvent, { type: 'step.observed' }>;

const everyMs = 250;

interface Subject {
  passedAt: number;
  held?: ObservedEvent;
}

export class ProgressPacer {
  readonly #steps = new Map<string, Map<string, Subject>>();
  readonly #closing = new AbortController();
  readonly #clock: Clock;
  readonly #pass: (event: ObservedEvent) => void;

  constructor(clock: Clock, pass: (event: ObservedEvent) => void) {
    this.#clock = clock;
    this.#pass = pass;
  }

  /** Accepts a progress event. The newest of each subject is always passed on. */
  pace(event: ObservedEvent): void {
    const subjects = this.#subjectsOf(event);
    const key = subjectOf(event) ?? '';
    const subject = subjects.get(key);
    const now = this.#clock.now();
    if (subject === undefined) {
      subjects.set(key, { passedAt: now });
      this.#pass(event);
      return;
    }
    if (now - subject.passedAt >= everyMs) {
      // In a busy process timers are late. The held event is older, so it must not follow this one.
      delete subject.held;
      subject.passedAt = now;
      this.#pass(event);
      return;
    }
    const waits = subject.held !== undefined;
    subject.held = event;
    if (!waits) void this.#passLater(subject, subject.passedAt + everyMs - now);
  }

  /** Passes on the held events of a step before another event of the step. */
  flush(step: string): void {
    for (const subject of this.#steps.get(step)?.values() ?? []) this.#passHeld(subject);
  }

  /** Called when the step has ended. */
  forget(step: string): void {
    this.#steps.delete(step);
  }

  flushAll(): void {
    for (const step of this.#steps.keys()) this.flush(step);
  }

  close(): void {
    this.#closing.abort();
  }

  async #passLater(subject: Subject, afterMs: number): Promise<void> {
    const { passedAt } = subject;
    try {
      await this.#clock.sleep(afterMs, this.#closing.signal);
    } catch {
      return;
    }
    // Another event was passed on meanwhile. The one that is held now has a timer of its own.
    if (subject.passedAt === passedAt) this.#passHeld(subject);
  }

  #passHeld(subject: Subject): void {
    if (subject.held === undefined) return;
    const { held } = subject;
    delete subject.held;
    subject.passedAt = this.#clock.now();
    this.#pass(held);
  }

  #subjectsOf({ step }: ObservedEvent): Map<string, Subject> {
    let subjects = this.#steps.get(step);
    if (subjects === undefined) this.#steps.set(step, (subjects = new Map<string, Subject>()));
    return subjects;
  }
}

/** Returns the subject of a progress event; `undefined` for facts, which are never dropped. */
export function subjectOf({ fact, attempt }: ObservedEvent): string | undefined {
  if (fact.type === 'progress') return `${attempt} progress ${fact.subject}`;
  if (fact.type === 'image.pulling' || fact.type === 'image.pushing') return `${attempt} ${fact.type} ${fact.image}`;
  return undefined;
}
