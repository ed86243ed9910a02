import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { Shape, TypeShapes } from './shape/shape.ts';

/** Returns a document with the fields of each type in the order of the type. */
export function inFieldOrder(document: LocatedMap, type: string, types: TypeShapes): LocatedMap {
  const fields = types[type]?.fields ?? {};
  const names = Object.keys(fields);
  const rank = (key: string) => (names.includes(key) ? names.indexOf(key) : names.length);
  const entries = document.entries
    .map((entry) => {
      const field = Object.hasOwn(fields, entry.key) ? fields[entry.key] : undefined;
      return field ? { ...entry, value: ordered(entry.value, field.shape, types) } : entry;
    })
    .sort((a, b) => rank(a.key) - rank(b.key));
  return { ...document, entries };
}

function ordered(node: Located, shape: Shape, types: TypeShapes): Located {
  if (shape.kind === 'type' && node.kind === 'map') return inFieldOrder(node, shape.name, types);
  if (shape.kind === 'list' && node.kind === 'list')
    return { ...node, items: node.items.map((item) => ordered(item, shape.items, types)) };
  if (shape.kind === 'map' && node.kind === 'map')
    return { ...node, entries: node.entries.map((e) => ({ ...e, value: ordered(e.value, shape.values, types) })) };
  return node;
}
