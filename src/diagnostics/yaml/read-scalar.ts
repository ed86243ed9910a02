import { typeName, type Located, type LocatedScalar } from './located.ts';
import { problem, type Report } from '../problem.ts';
import type { Span } from '../source-text.ts';

/** A text with its position. */
export interface Text {
  readonly text: string;
  readonly at: Span;
}

/**
 * Each function reads a value of one type. It reports a value of another type and returns `undefined`.
 * @param field its name in messages, in backticks if the user wrote it
 */
export function readString(node: Located, field: string, report: Report): Text | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    report(problem('W011', node.at, { field, expected: 'a string', actual: typeName(node), ...stringHint(node) }));
    return undefined;
  }
  if (node.value.includes('\0')) {
    report(problem('W029', node.at, { field, character: 'NUL' }));
    return undefined;
  }
  return { text: node.value, at: node.at };
}

function stringHint(node: Located): { hint?: string } {
  if (node.kind === 'scalar' && node.value !== null) return { hint: `put it in quotes: "${node.text}"` };
  if (node.kind === 'map') return { hint: 'put a text that contains `: ` in quotes' };
  return {};
}

/** Reads a string that is not blank. */
export function readName(node: Located, field: string, report: Report): Text | undefined {
  const text = readString(node, field, report);
  if (text?.text.trim() !== '') return text;
  report(problem('W014', node.at, { field }));
  return undefined;
}

/** Reads a string, number or boolean as its text, where the type does not matter. So the user need not quote `1.20`. */
export function readWritten(node: Located, field: string, report: Report): Text | undefined {
  if (node.kind === 'scalar' && (typeof node.value === 'number' || typeof node.value === 'boolean'))
    return { text: node.text, at: node.at };
  if (node.kind === 'scalar' && typeof node.value === 'string') return readString(node, field, report);
  const hint = node.kind === 'scalar' ? { hint: 'write "" for an empty text' } : {};
  report(problem('W011', node.at, { field, expected: 'a string, number or boolean', actual: typeName(node), ...hint }));
  return undefined;
}

export function readBoolean(node: Located, field: string, report: Report): boolean | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  const meant =
    node.kind === 'scalar' && typeof node.value === 'string'
      ? wordsOfBooleans.get(node.value.toLowerCase())
      : undefined;
  report(
    problem('W011', node.at, {
      field,
      expected: 'a boolean',
      actual: typeName(node),
      ...(meant !== undefined && { hint: `write ${meant}` }),
    }),
  );
  return undefined;
}

const wordsOfBooleans: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'y', 'on', 'true'].map((word) => [word, true] as const),
  ...['no', 'n', 'off', 'false'].map((word) => [word, false] as const),
]);

export function readInteger(
  node: Located,
  field: string,
  range: { readonly from: number; readonly to: number },
  report: Report,
): number | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'number' || !Number.isInteger(node.value)) {
    report(problem('W011', node.at, { field, expected: 'an integer', actual: typeName(node) }));
    return undefined;
  }
  if (node.value >= range.from && node.value <= range.to) return node.value;
  report(problem('W026', node.at, { field, written: node.text, ...range }));
  return undefined;
}

/** Reads the items of a list. For a lone string, the help shows how to write it as a list. */
export function readItems(node: Located, field: string, report: Report): readonly Located[] | undefined {
  if (node.kind === 'list') return node.items;
  const lone = node.kind === 'scalar' && typeof node.value === 'string' ? { hint: loneHint(node) } : {};
  report(problem('W011', node.at, { field, expected: 'a list', actual: typeName(node), ...lone }));
  return undefined;
}

function loneHint(node: LocatedScalar): string {
  return /^[\w./*-]{1,40}$/.test(node.text)
    ? `write it as a list: ["${node.text}"]`
    : 'write it as a list: a line `- …` for each';
}

/** Reads a list of strings. Messages count the items from 1. */
export function readStrings(node: Located, field: string, report: Report): readonly Text[] | undefined {
  return readItems(node, field, report)?.flatMap((item, i) => readString(item, `${field} item ${i + 1}`, report) ?? []);
}
