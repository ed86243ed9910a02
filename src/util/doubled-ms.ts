/**
 * Returns a pause before another try, in milliseconds: it doubles from the first to the longest. A client of a shared
 * server multiplies it by a random share, so that clients do not return together.
 * @param tries how many failed before. 0: the first pause
 */
export function doubledMs(tries: number, firstMs: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(tries, 20));
}
