/** Resolves in the next turn of the event loop, after the timers and I/O that are due now. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
