/**
 * Keeps work that is done piece by piece from holding the event loop: awaiting a promise that is fulfilled already does not
 * give a turn to timers and sockets, so whoever has done enough waits for the next turn.
 */
export class Turn {
  private spent = 0;

  /** @param perTurn how much work fits in a part of a frame, in the caller's unit */
  constructor(private readonly perTurn: number) {}

  /** Counts work that was done. Await what it returns before doing more. */
  spend(amount: number): Promise<void> | undefined {
    if (this.spent === 0) setImmediate(() => (this.spent = 0));
    this.spent += amount;
    return this.spent >= this.perTurn ? nextTurn() : undefined;
  }
}

export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
