import { float, type FloatValue } from './values.ts';

/** Formats a float as Go's `%v`: the shortest digits, with an exponent below 1e-4 and from 1e6. */
export function formatFloat({ value }: FloatValue): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const exponent = Number(value.toExponential().split('e')[1]);
  // The runtime writes a text without an exponent between these.
  return exponent < -4 || exponent >= 6 ? withGoExponent(value.toExponential()) : String(value);
}

/** Go writes at least two digits in an exponent. */
const withGoExponent = (text: string): string =>
  text.replace(/e([+-])(\d+)$/, (_, sign: string, digits: string) => `e${sign}${digits.padStart(2, '0')}`);

/** Formats without sign as `%e`, `%f` or `%g` and their capitals. @param precision `undefined` for the default of the verb */
export function formatFloatVerb(value: number, verb: string, precision: number | undefined): string {
  const size = Math.abs(value);
  if (!Number.isFinite(size)) return Number.isNaN(size) ? 'NaN' : 'Inf';
  switch (verb.toLowerCase()) {
    case 'f':
      return exactFixed(size, precision ?? 6);
    case 'e':
      return cased(withGoExponent(size.toExponential(Math.min(precision ?? 6, 100))), verb);
    default:
      return cased(precision === undefined ? formatFloat(float(size)) : general(size, precision), verb);
  }
}

const cased = (text: string, verb: string): string => (verb === verb.toUpperCase() ? text.toUpperCase() : text);

/** `toFixed` gives up at 1e21, above which a float is a whole number. */
function exactFixed(size: number, precision: number): string {
  const digits = Math.min(precision, 100);
  if (size < 1e21) return size.toFixed(digits);
  return digits > 0 ? `${BigInt(size)}.${'0'.repeat(digits)}` : BigInt(size).toString();
}

function general(size: number, precision: number): string {
  const digits = Math.min(Math.max(precision, 1), 100);
  const [mantissa = '0', power = '0'] = size.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  const withoutZeros = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent < -4 || exponent >= digits) return withGoExponent(`${withoutZeros(mantissa)}e${power}`);
  return withoutZeros(exactFixed(size, digits - 1 - exponent));
}
