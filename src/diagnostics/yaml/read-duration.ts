import type { Report } from '../problem.ts';
import type { Located } from './located.ts';
import { readQuantity, type Quantity } from './read-quantity.ts';

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Platform timers count milliseconds in 31 bits, which is 596 hours. A longer timer would fire immediately. */
const longestMs = 500 * 3_600_000;

/** Reads a duration such as `500ms`, `30s`, `10m`, `2h` or `1.5h`. Returns milliseconds. */
export function readDuration(node: Located, field: string, report: Report): number | undefined {
  return readQuantity(node, field, duration, report);
}

const duration: Quantity = { expected: 'a duration', example: '10m', code: 'W024', parse: parseDuration };

/** Returns milliseconds, or why the text is invalid. */
export function parseDuration(text: string): number | string {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)([a-zA-Z]*)$/.exec(text);
  if (!match) return 'is not a duration';
  const [, number = '', unit = ''] = match;
  const factor = Object.hasOwn(milliseconds, unit) ? milliseconds[unit] : undefined;
  if (factor === undefined) return unit === '' ? 'has no unit' : 'has an unknown unit: use ms, s, m or h';
  const ms = Math.round(Number(number) * factor);
  if (ms < 1) return 'is too short';
  return ms > longestMs ? 'is longer than 500h' : ms;
}
