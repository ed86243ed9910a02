/** Less than a frame, so that whoever else waits for the event loop is served within one. */
const turnMs = 6;

/**
 * Lets a long row of small synchronous calls, which are several times as fast as asynchronous ones, share the event
 * loop.
 */
export class Turns {
  private began = performance.now();

  /** Is it time to let others go on? Then `await` `next`. */
  get over(): boolean {
    return performance.now() - this.began >= turnMs;
  }

  /**
   * After everything that waits; throws the signal's reason. Without a signal for what takes a part of a second in all.
   */
  async next(signal?: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.began = performance.now();
  }
}
