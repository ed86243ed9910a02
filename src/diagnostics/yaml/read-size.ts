import { typeName, type Located } from './located.ts';
import { problem, type Report } from '../problem.ts';

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
  if (node.kind !== 'scalar' || node.value === null) {
    report(
      problem('W011', node.at, {
        field,
        expected: 'a size',
        actual: typeName(node),
        hint: 'write a number with a unit, such as `512Mi`',
      }),
    );
    return undefined;
  }
  const parsed = parseSize(node.text.trim());
  const why =
    typeof parsed === 'string'
      ? parsed
      : parsed < leastMemory
        ? 'is less than 6Mi'
        : parsed > mostMemory
          ? 'is more than 1024Ti'
          : undefined;
  if (typeof parsed === 'number' && why === undefined) return parsed;
  report(problem('W025', node.at, { field, written: node.text, why: why ?? 'is not a size' }));
  return undefined;
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
