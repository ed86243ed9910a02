/** `1 step`, `2 steps`. */
export function count(value: number, noun: string): string {
  return `${value} ${value === 1 ? noun : `${noun}s`}`;
}

/** Parses a duration such as `500ms`, `30s`, `10m`, `2h` or `30d`. Returns milliseconds, or `undefined` if invalid. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * durationUnits[match[2] as keyof typeof durationUnits];
}

/** Parses a size such as `10GB`, `512Mi` or `1000`. Returns bytes, or `undefined` if invalid. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim());
  if (match === null) return undefined;
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  if (power === 0 && match[3] !== '') return undefined;
  return Math.round(Number(match[1]) * (match[3] === '' ? 1000 : 1024) ** power);
}

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
