import { typeName, type Located } from './located.ts';
import { problem, type Report } from '../problem.ts';

/** A number with a unit: what it is called, and how it is read. */
export interface Quantity {
  /** With its article. */
  readonly expected: string;
  readonly example: string;
  /** The code of a text that is not one. */
  readonly code: 'W024' | 'W025';
  /** Returns the number, or why the text is none. */
  readonly parse: (text: string) => number | string;
}

/** Reads a scalar as a quantity. Reports a wrong one, and returns nothing for it. */
export function readQuantity(
  node: Located,
  field: string,
  { expected, example, code, parse }: Quantity,
  report: Report,
): number | undefined {
  if (node.kind !== 'scalar' || node.value === null) {
    const hint = `write a number with a unit, such as \`${example}\``;
    report(problem('W011', node.at, { field, expected, actual: typeName(node), hint }));
    return undefined;
  }
  const parsed = parse(node.text.trim());
  if (typeof parsed === 'number') return parsed;
  report(problem(code, node.at, { field, written: node.text, why: parsed }));
  return undefined;
}
