/**
 * A YAML document as values that know where they were written. Aliases are resolved (an alias shares the node of its
 * anchor), merges are done, keys are strings and unique: what a check gets to see has no YAML in it any more but the
 * places.
 */
import type { Span } from '../source-text.ts';

export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it is written: `1.50` stays `1.50` where it is put into a text. */
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

/** How people call what is written there. */
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

/** The plain value, for fields that are kept without being looked at. */
export function plainValue(node: Located): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  // A null prototype: a key may be called `__proto__`.
  const plain = Object.create(null) as Record<string, unknown>;
  for (const entry of node.entries) plain[entry.key] = plainValue(entry.value);
  return plain;
}
