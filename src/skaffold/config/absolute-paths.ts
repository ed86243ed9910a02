import { isAbsolute, resolve } from 'node:path';
import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import { scalar } from '../../diagnostics/yaml/edit.ts';
import type { Shape, TypeShapes } from './shape/shape.ts';
import { ownValue } from '../../util/own-value.ts';

/**
 * Returns a document with each relative path of its `path` fields made absolute. Paths in a required configuration are
 * relative to its own folder, not to the one that requires it.
 * @param base an absolute path
 */
export function withAbsolutePaths(document: LocatedMap, type: string, types: TypeShapes, base: string): LocatedMap {
  const fields = types[type]?.fields ?? {};
  const entries = document.entries.map((entry) => {
    const field = ownValue(fields, entry.key);
    if (!field) return entry;
    return { ...entry, value: field.path ? absolute(entry.value, base) : below(entry.value, field.shape, types, base) };
  });
  return { ...document, entries };
}

function below(node: Located, shape: Shape, types: TypeShapes, base: string): Located {
  if (shape.kind === 'type' && node.kind === 'map') return withAbsolutePaths(node, shape.name, types, base);
  if (shape.kind === 'list' && node.kind === 'list')
    return { ...node, items: node.items.map((item) => below(item, shape.items, types, base)) };
  if (shape.kind === 'map' && node.kind === 'map')
    return {
      ...node,
      entries: node.entries.map((entry) => ({ ...entry, value: below(entry.value, shape.values, types, base) })),
    };
  return node;
}

function absolute(node: Located, base: string): Located {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => absolute(item, base)) };
  if (node.kind === 'map')
    return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: absolute(entry.value, base) })) };
  const isPath = node.text !== '' && !isAbsolute(node.text) && !isUrl(node.text);
  return isPath ? scalar(resolve(base, node.text), node.at) : node;
}

/** Reports whether a path names something that is not in the file system. */
export function isUrl(path: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(path);
}
