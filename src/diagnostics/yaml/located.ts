/**
 * A YAML document as values with their positions. Aliases are resolved: an alias is the same node as its anchor. Merges
 * are applied. Keys are unique strings.
 */
import type { Span } from '../source-text.ts';

export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The text as written: `1.50` stays `1.50` when it is substituted into a text. */
  readonly text: string;
  readonly at: Span;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly at: Span;
}

export interface LocatedMap {
  readonly kind: 'map';
  readonly entries: readonly LocatedEntry[];
  readonly at: Span;
}

export interface LocatedEntry {
  readonly key: string;
  readonly keyAt: Span;
  readonly value: Located;
}

/** Returns the type of a node as messages name it. */
export function typeName(node: Located): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map';
  switch (typeof node.value) {
    case 'string':
      return 'a string';
    case 'boolean':
      return 'a boolean';
    case 'number':
      return Number.isInteger(node.value) ? 'an integer' : 'a number';
    default:
      return 'empty';
  }
}

/** Returns the plain value, for fields that are stored unchecked. */
export function plainValue(node: Located): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  // A null prototype, because a key may be `__proto__`.
  const plain = Object.create(null) as Record<string, unknown>;
  for (const entry of node.entries) plain[entry.key] = plainValue(entry.value);
  return plain;
}
