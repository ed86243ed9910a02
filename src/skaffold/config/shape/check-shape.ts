import { problem as yamlProblem, type Report } from '../../../diagnostics/problem.ts';
import { scalar } from '../../../diagnostics/yaml/edit.ts';
import {
  typeName,
  type Located,
  type LocatedEntry,
  type LocatedMap,
  type LocatedScalar,
} from '../../../diagnostics/yaml/located.ts';
import { quoted } from '../../../util/visible.ts';
import type { Shape, TypeShape, TypeShapes } from './shape.ts';

/** Called for a field that a type does not have. */
export type Unknown = (entry: LocatedEntry, type: TypeShape, typeName: string) => void;

/** Reports an unknown field as a mistake. */
export function unknownIsMistake(report: Report): Unknown {
  return (entry, type) =>
    report(yamlProblem('W012', entry.keyAt, { field: entry.key, where: type.label, known: Object.keys(type.fields) }));
}

/**
 * Reads a value of a type as Skaffold decodes it, and reports every mistake in it. In the result, entries that equal an
 * absent field are left out, and scalars have the type of their field: a number in a field for text is its text.
 * @param field the value in messages
 */
export function checkShape(
  node: Located,
  type: string,
  types: TypeShapes,
  report: Report,
  unknown: Unknown = unknownIsMistake(report),
): LocatedMap {
  const checker = new ShapeChecker(types, report, unknown);
  return checker.type(node, type, 'the configuration') ?? { kind: 'map', entries: [], at: node.at };
}

class ShapeChecker {
  readonly #types: TypeShapes;
  readonly #report: Report;
  readonly #unknown: Unknown;

  constructor(types: TypeShapes, report: Report, unknown: Unknown) {
    this.#types = types;
    this.#report = report;
    this.#unknown = unknown;
  }

  /** Returns `undefined` if the value equals an absent one, or is of another kind, which is reported. */
  value(node: Located, shape: Shape, field: string): Located | undefined {
    if (shape.kind === 'any') return node;
    if (isNull(node)) return shape.kind === 'text' && shape.nullable ? node : undefined;
    switch (shape.kind) {
      case 'text':
        if (node.kind !== 'scalar') return this.#wrong(node, field, 'a string');
        return scalar(shape.integers && Number.isInteger(node.value) ? Number(node.value) : node.text, node.at);
      case 'boolean':
        return this.#boolean(node, field);
      case 'integer':
        return this.#integer(node, field);
      case 'list':
        if (node.kind !== 'list') return this.#wrong(node, field, 'a list');
        return {
          ...node,
          items: node.items.map(
            (item, i) => this.value(item, shape.items, `${field} item ${i + 1}`) ?? zero(item, shape.items),
          ),
        };
      case 'map':
        if (node.kind !== 'map') return this.#wrong(node, field, 'a map');
        return {
          ...node,
          entries: node.entries.map((entry) => ({
            ...entry,
            value: this.value(entry.value, shape.values, quoted(entry.key)) ?? zero(entry.value, shape.values),
          })),
        };
      case 'flatMap':
        return node.kind === 'map' ? { ...node, entries: flattened(node, '') } : this.#wrong(node, field, 'a map');
      case 'type':
        return this.type(node, shape.name, field);
    }
  }

  type(node: Located, name: string, field: string): LocatedMap | undefined {
    if (isNull(node)) return undefined;
    if (node.kind !== 'map') return this.#wrong(node, field, 'a map');
    const type = this.#types[name];
    if (!type) throw new Error(`no type ${name}`);
    const entries = node.entries.flatMap((entry) => {
      const known = Object.hasOwn(type.fields, entry.key) ? type.fields[entry.key] : undefined;
      if (!known) {
        this.#unknown(entry, type, name);
        return [];
      }
      const value = this.value(entry.value, known.shape, quoted(entry.key));
      return value && (known.keepsZero || !isZero(value)) ? [{ ...entry, value }] : [];
    });
    return { ...node, entries };
  }

  #boolean(node: Located, field: string): LocatedScalar | undefined {
    if (node.kind !== 'scalar') return this.#wrong(node, field, 'a boolean');
    if (typeof node.value === 'boolean') return scalar(node.value, node.at);
    // Go's YAML library takes these words of YAML 1.1 where the field is a boolean.
    if (/^(?:y|Y|yes|on)$/.test(node.text)) return scalar(true, node.at);
    if (/^(?:n|N|no|off)$/.test(node.text)) return scalar(false, node.at);
    return this.#wrong(node, field, 'a boolean');
  }

  #integer(node: Located, field: string): LocatedScalar | undefined {
    if (node.kind !== 'scalar' || typeof node.value !== 'number') return this.#wrong(node, field, 'an integer');
    return scalar(Math.trunc(node.value), node.at);
  }

  #wrong(node: Located, field: string, expected: string): undefined {
    this.#report(yamlProblem('W011', node.at, { field, expected, actual: typeName(node) }));
  }
}

function isNull(node: Located): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** Whether a value of a field that is no pointer equals an absent one. */
function isZero(node: Located): boolean {
  if (node.kind === 'list') return node.items.length === 0;
  if (node.kind === 'map') return node.entries.length === 0;
  return node.value === '' || node.value === 0 || node.value === false;
}

/** Returns the zero value of a list's item or a map's value, which stays in its place. */
function zero(node: Located, shape: Shape): Located {
  switch (shape.kind) {
    case 'list':
      return { kind: 'list', items: [], at: node.at };
    case 'boolean':
      return scalar(false, node.at);
    case 'integer':
      return scalar(0, node.at);
    case 'text':
    case 'any':
      return scalar('', node.at);
    default:
      return { kind: 'map', entries: [], at: node.at };
  }
}

/** Returns the scalars below a map, with the path to each as its key: `a.b`, `list[0]`. */
function flattened(node: Located, path: string, keyAt = node.at): LocatedEntry[] {
  if (node.kind === 'map')
    return node.entries.flatMap((entry) =>
      flattened(entry.value, path === '' ? entry.key : `${path}.${entry.key}`, entry.keyAt),
    );
  if (node.kind === 'list') return node.items.flatMap((item, i) => flattened(item, `${path}[${i}]`));
  return [{ key: path, keyAt, value: scalar(formatted(node), node.at) }];
}

/** Returns a value of a flat map as Go formats it: `1.50` is `1.5` there. Helm reads `null` as null. */
function formatted({ value, text }: LocatedScalar): string {
  if (typeof value === 'boolean' || value === null) return String(value);
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : text;
}
