const units: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Parses a quantity such as `500m`, `128Mi` or `1e3` (kubernetes.io, "Quantity"). Returns `undefined` if invalid. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([a-zA-Z]*))$/.exec(text.trim());
  if (match === null) return undefined;
  const [, number = '', exponent, unit = ''] = match;
  if (exponent !== undefined) return Number(number + exponent);
  const factor = units[unit];
  return factor === undefined ? undefined : Number(number) * factor;
}
