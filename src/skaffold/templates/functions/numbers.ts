import { formatValue } from '../format-value.ts';
import { FunctionFailed } from '../function-stop.ts';
import {
  any,
  real,
  takes,
  takesMore,
  text,
  whole,
  type FunctionTable,
  type TemplateFunction,
} from '../template-function.ts';
import { difference, divided, product, sum, toDecimal, toNumber, type Decimal } from '../decimal.ts';
import { float, int, int64, type FloatValue, type Value } from '../values.ts';
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

function decimalOf(value: Value): Decimal {
  const decimal = toDecimal(toFloat(value));
  if (decimal === undefined) throw new FunctionFailed('an argument is infinite or not a number');
  return decimal;
}

/** A fold over decimals, in which 0.1 and 0.2 are 0.3. */
const decimals = (fold: (a: Decimal, b: Decimal) => Decimal, first: Decimal, others: readonly Value[]): FloatValue =>
  float(toNumber(others.map(decimalOf).reduce(fold, first)));

const foldsDecimals = (fold: (a: Decimal, b: Decimal) => Decimal): TemplateFunction =>
  takesMore([any], any, (first, others) => decimals(fold, decimalOf(first), others));

function dividedBy(a: Decimal, b: Decimal): Decimal {
  if (b.units === 0n) throw new FunctionFailed('division by zero');
  return divided(a, b);
}

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
  add1f: takes([any], (value) => decimals(sum, decimalOf(value), [int(1)])),
  addf: takesMore([], any, (values) => decimals(sum, { units: 0n, places: 0 }, values)),
  subf: foldsDecimals(difference),
  mulf: foldsDecimals(product),
  divf: foldsDecimals(dividedBy),
  maxf: takesMore([any], any, (first, others) =>
    float(Math.max(toFloat(first), ...others.slice(0, 1000).map(toFloat))),
  ),
  minf: takesMore([any], any, (first, others) =>
    float(Math.min(toFloat(first), ...others.slice(0, 1000).map(toFloat))),
  ),
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
