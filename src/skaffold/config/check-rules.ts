import type { Report } from '../../diagnostics/problem.ts';
import { textAt } from '../../diagnostics/yaml/edit.ts';
import type { Located, LocatedEntry, LocatedMap } from '../../diagnostics/yaml/located.ts';
import { oneOf as alternatives } from '../../util/visible.ts';
import { problem } from '../problem.ts';
import { fieldRules } from './field-rules.ts';
import { rootType, type Field, type Shape, type TypeShape, type TypeShapes } from './shape/shape.ts';

/**
 * Reports what a configuration lacks to be used: fields that are missing, that exclude each other, or that have a value which
 * means nothing. Skaffold checks the same when it builds or deploys, and prints such a configuration with `diagnose --yaml-only`.
 */
export function checkRules(document: LocatedMap, types: TypeShapes, report: Report): void {
  checkType(document, rootType, types, report);
}

function checkType(node: LocatedMap, name: string, types: TypeShapes, report: Report): void {
  const type = types[name];
  if (!type) return;
  checkFields(node, type, report);
  if (Object.hasOwn(fieldRules, name)) fieldRules[name]?.(node, report);
  for (const { key, value } of node.entries) {
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    if (!field) continue;
    checkValue(key, value, field, report);
    checkShape(value, field.shape, types, report);
  }
}

function checkShape(node: Located, shape: Shape, types: TypeShapes, report: Report): void {
  if (shape.kind === 'type' && node.kind === 'map') checkType(node, shape.name, types, report);
  if (shape.kind === 'list' && node.kind === 'list')
    for (const item of node.items) checkShape(item, shape.items, types, report);
  if (shape.kind === 'map' && node.kind === 'map')
    for (const { value } of node.entries) checkShape(value, shape.values, types, report);
}

function checkFields(node: LocatedMap, { label, fields }: TypeShape, report: Report): void {
  const present = new Map(node.entries.map((entry) => [entry.key, entry]));
  const first = new Map<string, LocatedEntry>();
  for (const [field, { required, oneOf }] of Object.entries(fields)) {
    const entry = present.get(field);
    if (required && !entry) report(problem('S058', node.at, { field, of: label, name: nameOf(node) }));
    if (!entry || oneOf === undefined) continue;
    const other = first.get(oneOf);
    if (!other) first.set(oneOf, entry);
    else {
      const related = [{ message: `the field ${other.key}`, at: other.keyAt }];
      report(problem('S059', entry.keyAt, { field, other: other.key, of: label, name: nameOf(node) }, related));
    }
  }
}

function checkValue(field: string, node: Located, { values }: Field, report: Report): void {
  if (!values || node.kind !== 'scalar' || node.text === '') return;
  const written = node.text.toLowerCase();
  if (!values.some((value) => value.toLowerCase() === written))
    report(problem('S027', node.at, { field, written: node.text, expected: alternatives(values) }));
}

/** Returns what tells one item of a list from others, for messages. */
function nameOf(node: LocatedMap): string {
  return textAt(node, 'image') ?? textAt(node, 'name') ?? '';
}
