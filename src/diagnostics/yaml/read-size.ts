import type { Located } from './located.ts';
import type { Report } from '../problem.ts';
import { readQuantity, type Quantity } from './read-quantity.ts';

/** The units of Kubernetes quantities, so that a size means the same on every runtime. */
const bytes: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The minimum of Docker. */
const leastMemory = 6 * 2 ** 20;
const mostMemory = 2 ** 50;

/** Reads an amount of memory such as `512Mi`, `1Gi` or `500M`. Returns bytes. */
export function readMemory(node: Located, field: string, report: Report): number | undefined {
  return readQuantity(node, field, memory, report);
}

const memory: Quantity = { expected: 'a size', example: '512Mi', code: 'W025', parse: parseMemory };

function parseMemory(text: string): number | string {
  const bytes = parseSize(text);
  if (typeof bytes === 'string') return bytes;
  if (bytes < leastMemory) return 'is less than 6Mi';
  return bytes > mostMemory ? 'is more than 1024Ti' : bytes;
}

/** Returns bytes, or why the text is invalid. */
export function parseSize(text: string): number | string {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([a-zA-Z]*)$/.exec(text);
  if (!match) return 'is not a size';
  const [, number = '', unit = ''] = match;
  if (unit === '') return 'has no unit';
  const factor = Object.hasOwn(bytes, unit) ? bytes[unit] : undefined;
  if (factor === undefined) return `has an unknown unit: use one of ${Object.keys(bytes).join(', ')}`;
  return Math.floor(Number(number) * factor);
}
