import { parseGoFloat, parseGoInt } from '../number-literal.ts';
import type { Value } from '../values.ts';

const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Converts to a 64-bit integer as Sprig does: what cannot be converted is 0. */
export function toInt(value: Value): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') {
    // `1.0` is whole, `1.5` is no integer.
    const parsed = parseGoInt(value.replace(/\.0+$/, ''));
    return parsed === undefined || parsed < least || parsed > most ? 0n : parsed;
  }
  if (typeof value !== 'object') return 0n;
  if (value.kind === 'int' && !value.type.startsWith('time.')) return value.value;
  if (value.kind !== 'float') return 0n;
  // Processors convert a number out of range to the least one.
  const whole = Math.trunc(value.value);
  return Number.isFinite(whole) && Math.abs(whole) < 2 ** 63 ? BigInt(whole) : least;
}

const infinite = /^([+-]?)(?:inf|infinity)$/i;

/** Converts to a float as Sprig does: what cannot be converted is 0. */
export function toFloat(value: Value): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    const sign = infinite.exec(value)?.[1];
    if (sign !== undefined) return sign === '-' ? -Infinity : Infinity;
    if (/^nan$/i.test(value)) return NaN;
    // Underscores are allowed in literals of Go, and not in texts.
    const parsed = value.includes('_') ? undefined : parseGoFloat(value);
    return parsed === undefined || !Number.isFinite(parsed) ? 0 : parsed;
  }
  if (typeof value !== 'object') return 0;
  if (value.kind === 'int' && !value.type.startsWith('time.')) return Number(value.value);
  return value.kind === 'float' ? value.value : 0;
}
