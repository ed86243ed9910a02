/**
 * Keeps work that is done piece by piece from holding the event loop: awaiting a promise that is fulfilled already does
 * not give a turn to timers and sockets. Those who share one of these do together no more than a part of a frame in a
 * turn. Who appends has one and who reads has another, so that a hundred followers cannot hold up the run.
 */
export class Turn {
  private spentUs = 0;

  /**
   * Waits until there is room in a turn for a piece of work that follows at once.
   * @param costUs about how long it takes, in microseconds; one that is longer than a turn has one for itself
   */
  async enter(costUs: number): Promise<void> {
    while (this.spentUs > 0 && this.spentUs + costUs > perTurnUs) await nextTurn();
    if (this.spentUs === 0) setImmediate(() => (this.spentUs = 0));
    this.spentUs += costUs;
  }
}

/** A third of a frame for those who append, another for those who read, the last for everybody else. */
const perTurnUs = 5_000;

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What things cost here, in microseconds, measured on a slow laptop's core. */
export const cost = {
  append: (events: number, bytes: number) => 50 + events * 12 + bytes / 200,
  /** From the database. */
  readPage: 1_500,
  /** From memory, with what the follower does with them. */
  handOver: (events: number) => events * 2,
} as const;
