import { doubledMs } from '../util/doubled-ms.ts';

const mostRetries = 3;
const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** A registry that asks for more is not waited for. */
const longestAskedMs = 60_000;

/**
 * Returns how long to wait before the next try, in milliseconds; `undefined` to give up.
 * @param retries how many there were
 * @param askedMs what the registry asks for
 * @param random a number from 0 to 1, so that clients do not return together
 */
export function retryPauseMs(retries: number, askedMs: number | undefined, random: number): number | undefined {
  if (retries >= mostRetries || (askedMs ?? 0) > longestAskedMs) return undefined;
  return Math.max(askedMs ?? 0, Math.round(random * doubledMs(retries, firstPauseMs, longestPauseMs)));
}

/**
 * Parses `Retry-After`: seconds, or a date (RFC 9110, 10.2.3).
 * @param now milliseconds since 1970
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
