import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { Unknown } from './check-shape.ts';
import type { Shape, TypeShapes } from './shape.ts';
import { ownValue } from '../../../util/own-value.ts';

/** Returns a document without the fields that its types do not have. Each is reported. */
export function dropUnknown(document: LocatedMap, type: string, types: TypeShapes, unknown: Unknown): LocatedMap {
  const value = (node: Located, shape: Shape): Located => {
    if (shape.kind === 'list' && node.kind === 'list')
      return { ...node, items: node.items.map((item) => value(item, shape.items)) };
    if (shape.kind === 'map' && node.kind === 'map')
      return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: value(entry.value, shape.values) })) };
    return shape.kind === 'type' && node.kind === 'map' ? dropUnknown(node, shape.name, types, unknown) : node;
  };
  const known = types[type];
  if (!known) throw new Error(`no type ${type}`);
  const entries = document.entries.flatMap((entry) => {
    const field = ownValue(known.fields, entry.key);
    if (field) return [{ ...entry, value: value(entry.value, field.shape) }];
    unknown(entry, known, type);
    return [];
  });
  return { ...document, entries };
}
