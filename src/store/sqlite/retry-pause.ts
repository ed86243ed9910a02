const longestMs = 25;

/**
 * Returns how long to pause before the next attempt to use a file that another process locks. Most locks last for less
 * than a millisecond, so the pause grows with what has been waited, not with each attempt.
 */
export function retryPauseMs(waitedMs: number): number {
  return Math.min(Math.max(1, Math.floor(waitedMs / 16)), longestMs);
}
