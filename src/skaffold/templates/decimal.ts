/** Decimal numbers of any size: `units` divided by ten to the power of `places`. */
export interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

/** Division has so many places. */
const quotientPlaces = 16;

/** Longer numbers are rounded to a float, so that products of many factors stay short. */
const mostDigits = 1500;

/** Returns the shortest decimal of a float, or `undefined` for infinite ones. */
export function toDecimal(value: number): Decimal | undefined {
  if (!Number.isFinite(value)) return undefined;
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return places >= 0 ? { units, places } : { units: units * 10n ** BigInt(-places), places: 0 };
}

export const toNumber = ({ units, places }: Decimal): number => Number(`${units}e-${places}`);

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const places = Math.max(a.places, b.places);
  const scaled = (value: Decimal) => value.units * 10n ** BigInt(places - value.places);
  return [scaled(a), scaled(b), places];
}

export function sum(a: Decimal, b: Decimal): Decimal {
  const [left, right, places] = aligned(a, b);
  return { units: left + right, places };
}

export const difference = (a: Decimal, b: Decimal): Decimal => sum(a, { ...b, units: -b.units });

export function product(a: Decimal, b: Decimal): Decimal {
  const exact = { units: a.units * b.units, places: a.places + b.places };
  const isLong = exact.places > mostDigits || exact.units.toString().length > mostDigits;
  return (isLong ? toDecimal(toNumber(exact)) : undefined) ?? (isLong ? { units: 0n, places: 0 } : exact);
}

/** Divides to 16 places. Halves are rounded away from zero. */
export function divided(a: Decimal, b: Decimal): Decimal {
  const [left, right] = aligned(a, b);
  const scaled = left * 10n ** BigInt(quotientPlaces) * 2n;
  const doubled = scaled / right;
  const away = doubled < 0n ? -1n : 1n;
  return { units: (doubled + away) / 2n, places: quotientPlaces };
}
