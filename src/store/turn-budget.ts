import { nextTurn } from '../util/next-turn.ts';

/**
 * Keeps work that is done in small parts from blocking the event loop: awaiting a fulfilled promise runs no timers and
 * no I/O. The users of one object share a part of a frame in each turn. Appending and reading have one each, so a
 * hundred followers cannot block the run.
 */
export class TurnBudget {
  #spentUs = 0;

  /**
   * Waits until the current turn has room for the work that follows.
   * @param costUs its approximate duration in microseconds. Work that is longer than a turn gets one of its own
   */
  async enter(costUs: number): Promise<void> {
    while (this.#spentUs > 0 && this.#spentUs + costUs > perTurnUs) await nextTurn();
    if (this.#spentUs === 0) setImmediate(() => (this.#spentUs = 0));
    this.#spentUs += costUs;
  }
}

/** A third of a frame for appending, another for reading, the last for everything else. */
const perTurnUs = 5_000;

/** Durations in microseconds, measured on one core of a slow laptop. */
export const cost = {
  append: (events: number, bytes: number) => 50 + events * 12 + bytes / 200,
  /** From the database. */
  readPage: 1_500,
  /** From memory, including the follower's own work for each event. */
  handOverEvents: (events: number) => events * 2,
  /** From memory, including a write of its JSON, which another reader has often made already. */
  handOverPage: 100,
} as const;
