import { unquoteGo } from './go-text.ts';
import type { NumberLiteral } from './template-nodes.ts';
import { float, int } from './values.ts';

const decimal = /^[+-]?(?:\d(?:_?\d)*)?(?:\.(?:\d(?:_?\d)*)?)?(?:e[+-]?\d(?:_?\d)*)?$/i;
const hexFloat = /^([+-]?)0x_?([\da-f_]*)(?:\.([\da-f_]*))?p([+-]?\d+)$/i;

/** The largest `int64`, and the largest `uint64`. */
const [mostInt, mostUint] = [2n ** 63n - 1n, 2n ** 64n - 1n];

/**
 * Parses an integer with Go's prefixes: `0x`, `0o`, `0b`, and `0` alone for octal digits. Underscores may stand between
 * digits. Returns `undefined` for other texts. Its size is not limited.
 */
export function parseGoInt(text: string): bigint | undefined {
  const match =
    /^([+-]?)(0[xX]_?[\da-fA-F]+(?:_[\da-fA-F]+)*|0[bB]_?[01]+(?:_[01]+)*|0[oO]?_?[0-7]+(?:_[0-7]+)*|0|[1-9]\d*(?:_\d+)*)$/.exec(
      text,
    );
  if (match?.[2] === undefined) return undefined;
  const digits = match[2].replaceAll('_', '');
  const size = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return match[1] === '-' ? -size : size;
}

/** Parses a Go floating-point number, or returns `undefined`. */
export function parseGoFloat(text: string): number | undefined {
  const match = hexFloat.exec(text);
  if (match !== null) {
    const [whole, fraction] = [(match[2] ?? '').replaceAll('_', ''), (match[3] ?? '').replaceAll('_', '')];
    if (whole + fraction === '') return undefined;
    const exponent = Number(match[4]) - 4 * fraction.length;
    const size = parseInt(`0${whole}${fraction}`, 16) * Math.pow(2, exponent);
    return match[1] === '-' ? -size : size;
  }
  if (!decimal.test(text) || !/\d/.test(text)) return undefined;
  return Number(text.replaceAll('_', ''));
}

export type ParsedNumber = NumberLiteral | { readonly problem: string } | { readonly lacks: string };

/** Parses a number or a character as Go templates read it: whole numbers are an `int`, all others a `float64`. */
export function parseNumber(text: string): ParsedNumber {
  if (text.startsWith("'")) {
    const unquoted = unquoteGo(text.slice(1, -1), "'");
    if ('problem' in unquoted || [...unquoted.text].length !== 1) return { problem: `malformed character ${text}` };
    const code = BigInt(unquoted.text.codePointAt(0) ?? 0);
    return { text, int: code, float: Number(code), value: int(code) };
  }
  if (text.endsWith('i')) return { lacks: `the complex number ${text}` };
  const whole = parseGoInt(text);
  if (whole !== undefined) {
    if (whole >= -mostInt - 1n && whole <= mostInt)
      return { text, int: whole, float: Number(whole), value: int(whole) };
    // Fits a `uint64` only, which no parameter of a function takes.
    if (whole > 0n && whole <= mostUint) return { text, float: Number(whole) };
    return { problem: `integer overflow: ${text}` };
  }
  const size = parseGoFloat(text);
  if (size === undefined || !Number.isFinite(size)) return { problem: `malformed number ${text}` };
  if (!/[.eEpP]/.test(text)) return { problem: `malformed number ${text}` };
  const isInt = Number.isInteger(size) && Math.abs(size) < 2 ** 63;
  return { text, float: size, value: float(size), ...(isInt && { int: BigInt(size) }) };
}
