import { typeName, type Located, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { Fields } from '../../diagnostics/yaml/fields.ts';
import { readItems, readName, readString } from '../../diagnostics/yaml/read-scalar.ts';
import type { InputDefinition, InputType, WrittenScalar } from './definition.ts';

const types: readonly InputType[] = ['string', 'number', 'choice', 'password'];

/** Checks the top-level `inputs`: a list of maps. */
export function checkInputs(entry: LocatedEntry | undefined, report: Report): readonly InputDefinition[] {
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
  const byName = new Map<string, InputDefinition>();
  for (const [i, item] of (readItems(entry.value, '`inputs`', report) ?? []).entries()) {
    const input = checkInput(item, i + 1, report);
    if (!input) continue;
    const first = byName.get(input.name);
    if (first) report(problem('W034', input.at, { name: input.name }, [{ message: 'first defined', at: first.at }]));
    else byName.set(input.name, input);
  }
  return [...byName.values()];
}

function checkInput(node: Located, number: number, report: Report): InputDefinition | undefined {
  if (node.kind !== 'map') {
    report(problem('W011', node.at, { field: `\`inputs\` item ${number}`, expected: 'a map', actual: typeName(node) }));
    return undefined;
  }
  const fields = new Fields(node, `input ${number}`, node.at, report);
  const name = fields.required('name', readName);
  const type = fields.required('type', readType, '`type: string`');
  const values =
    type === undefined
      ? readLoosely(fields)
      : type === 'choice'
        ? fields.required('values', readValues, '`values: [a, b]`')
        : [];
  const fallback = type === undefined ? undefined : readDefault(type, fields, values);
  fields.finish();
  if (!name || type === undefined) return undefined;
  return {
    name: name.text,
    type,
    default: fallback ?? noDefault(type, node.at),
    hasDefault: fallback !== undefined,
    values: values ?? [],
    at: name.at,
  };
}

/** Returns the default of an input without `default`: '' for a string, 0 for a number. A choice requires one. */
function noDefault(type: InputType, at: Span): WrittenScalar {
  return type === 'number' ? { value: 0, text: '0', at } : { value: '', text: '', at };
}

/** Marks the other fields of an input as known. Without a valid type, their values cannot be checked. */
function readLoosely(fields: Fields): undefined {
  fields.entry('default');
  fields.entry('values');
  return undefined;
}

function readType(node: Located, field: string, report: Report): InputType | undefined {
  const written = readString(node, field, report);
  const type = types.find((known) => known === written?.text);
  if (written && !type) report(problem('W033', written.at, { type: written.text, known: types }));
  return type;
}

/** Returns `undefined` if an item is invalid, so that `default` is not checked against an incomplete list. */
function readValues(node: Located, field: string, report: Report): readonly string[] | undefined {
  const items = readItems(node, field, report);
  const values = items?.flatMap((item, i) => readString(item, `${field} item ${i + 1}`, report)?.text ?? []);
  if (items?.length === 0) report(problem('W014', node.at, { field }));
  return values?.length === items?.length && items?.length !== 0 ? values : undefined;
}

function readDefault(
  type: InputType,
  fields: Fields,
  values: readonly string[] | undefined,
): WrittenScalar | undefined {
  switch (type) {
    case 'number':
      return fields.optional('default', readNumber);
    case 'string':
    case 'password':
      return fields.optional('default', readText);
    case 'choice': {
      const written = fields.required('default', readText);
      const fits = written === undefined || values === undefined || values.includes(written.text);
      if (!fits) fields.report(problem('W035', written.at, { value: written.text, values }));
      return written;
    }
  }
}

function readText(node: Located, field: string, report: Report): WrittenScalar | undefined {
  const written = readString(node, field, report);
  return written && { ...written, value: written.text };
}

function readNumber(node: Located, field: string, report: Report): WrittenScalar | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'number')
    return { value: node.value, text: node.text, at: node.at };
  report(problem('W011', node.at, { field, expected: 'a number', actual: typeName(node) }));
  return undefined;
}
