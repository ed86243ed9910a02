import { formatValue } from '../format-value.ts';
import { FunctionFailed } from '../function-stop.ts';
import { any, real, takes, takesMore, text, whole, type FunctionTable, type TemplateFunction } from '../template-function.ts';
import { float, int, int64, type Value } from '../values.ts';
import { toFloat, toInt } from './conversions.ts';

function divisor(value: Value): bigint {
  const by = toInt(value);
  if (by === 0n) throw new FunctionFailed('division by zero');
  return by;
}

function round(value: number, places: number, up: number): number {
  const power = 10 ** places;
  const digits = power * value;
  return (digits - Math.trunc(digits) >= up ? Math.ceil(digits) : Math.floor(digits)) / power;
}

/** Parses the digits of a decimal integer as Go's `Atoi`: 0 for other texts. */
function atoi(value: string): bigint {
  const parsed = /^[+-]?\d+$/.test(value) ? BigInt(value.replace(/^\+/, '')) : 0n;
  return BigInt.asIntN(64, parsed) === parsed ? parsed : 0n;
}

const extreme = (isBetter: (a: bigint, b: bigint) => boolean): TemplateFunction =>
  takesMore([any], any, (first, others) =>
    int64(others.map(toInt).reduce((best, each) => (isBetter(each, best) ? each : best), toInt(first))),
  );

/** A fold over floats. */
const decimals = (fold: (a: number, b: number) => number): TemplateFunction =>
  takesMore([any], any, (first, others) => float(others.map(toFloat).reduce(fold, toFloat(first))));

/** Sprig computes with decimals: 0.1 and 0.2 are 0.3. 15 digits are as exact as floats are in both worlds. */
const tidied = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(15)) : value);

/** Functions of numbers. Those without `f` at the end convert their arguments to 64-bit integers. */
export const numberFunctions: FunctionTable = {
  add: takesMore([], any, (values) => int64(values.map(toInt).reduce((sum, each) => sum + each, 0n))),
  add1: takes([any], (value) => int64(toInt(value) + 1n)),
  sub: takes([any, any], (a, b) => int64(toInt(a) - toInt(b))),
  mul: takesMore([any], any, (first, others) =>
    int64(others.map(toInt).reduce((product, each) => BigInt.asIntN(64, product * each), toInt(first))),
  ),
  div: takes([any, any], (a, b) => int64(toInt(a) / divisor(b))),
  mod: takes([any, any], (a, b) => int64(toInt(a) % divisor(b))),
  max: extreme((a, b) => a > b),
  biggest: extreme((a, b) => a > b),
  min: extreme((a, b) => a < b),
  add1f: takes([any], (value) => float(tidied(toFloat(value) + 1))),
  addf: takesMore([], any, (values) => float(values.map(toFloat).reduce((sum, each) => tidied(sum + each), 0))),
  subf: decimals((a, b) => tidied(a - b)),
  mulf: decimals((a, b) => tidied(a * b)),
  divf: decimals((a, b) => {
    if (b === 0) throw new FunctionFailed('division by zero');
    // Sprig divides to 16 places.
    return Number.isFinite(a / b) ? Number((a / b).toFixed(16)) : 0;
  }),
  maxf: takesMore([any], any, (first, others) => float(Math.max(toFloat(first), ...others.slice(0, 1000).map(toFloat)))),
  minf: takesMore([any], any, (first, others) => float(Math.min(toFloat(first), ...others.slice(0, 1000).map(toFloat)))),
  ceil: takes([any], (value) => float(Math.ceil(toFloat(value)))),
  floor: takes([any], (value) => float(Math.floor(toFloat(value)))),
  round: takesMore([any, whole], real, (value, places, [up = 0.5]) => float(round(toFloat(value), places, up))),
  int: takes([any], (value) => int(toInt(value))),
  int64: takes([any], (value) => int64(toInt(value))),
  float64: takes([any], (value) => float(toFloat(value))),
  atoi: takes([text], (value) => int(atoi(value))),
  // Reads octal digits, such as the mode of a file.
  toDecimal: takes([any], (value, { budget }) => {
    const digits = formatValue(value, budget);
    return int64(/^[+-]?[0-7]{1,21}$/.test(digits) ? BigInt(parseInt(digits, 8)) : 0);
  }),
};
