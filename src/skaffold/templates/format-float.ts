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
      return fixed(size, precision ?? 6);
    case 'e':
      return cased(withGoExponent(exponential(size, precision ?? 6)), verb);
    default:
      return cased(precision === undefined ? formatFloat(float(size)) : general(size, precision), verb);
  }
}

const cased = (text: string, verb: string): string => (verb === verb.toUpperCase() ? text.toUpperCase() : text);

/** Past these digits, the runtime shows no others. */
const mostDigits = 100;

/** So many digits after the last one tell whether a number is exactly in the middle. */
const tieDigits = 30;

/** Rounds a number in the middle between two to the even one, where the runtime takes the larger one. */
function toEven(rounded: string, longer: string): string {
  const last = Number(rounded.at(-1));
  const rest = longer.replace('.', '').slice(rounded.replace('.', '').length);
  return last % 2 === 1 && /^50*$/.test(rest) ? rounded.slice(0, -1) + String(last - 1) : rounded;
}

/** `toFixed` gives up at 1e21, above which a float is a whole number. */
function fixed(size: number, precision: number): string {
  const digits = Math.min(precision, mostDigits);
  if (size < 1e21) return toEven(size.toFixed(digits), size.toFixed(Math.min(digits + tieDigits, mostDigits)));
  return digits > 0 ? `${BigInt(size)}.${'0'.repeat(digits)}` : BigInt(size).toString();
}

function exponential(size: number, precision: number): string {
  const digits = Math.min(precision, mostDigits);
  const [mantissa = '0', exponent = '+0'] = size.toExponential(digits).split('e');
  const longer = size.toExponential(Math.min(digits + tieDigits, mostDigits)).split('e')[0];
  return `${toEven(mantissa, longer ?? '')}e${exponent}`;
}

function general(size: number, precision: number): string {
  const digits = Math.min(Math.max(precision, 1), mostDigits);
  const [mantissa = '0', power = '0'] = exponential(size, digits - 1).split('e');
  const exponent = Number(power);
  const withoutZeros = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent < -4 || exponent >= digits) return withGoExponent(`${withoutZeros(mantissa)}e${power}`);
  return withoutZeros(fixed(size, digits - 1 - exponent));
}
