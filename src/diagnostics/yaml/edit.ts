/** Pure changes of located values. Each returns a new value. Positions stay those of the file. */
import type { Span } from '../source-text.ts';
import type { Located, LocatedEntry, LocatedList, LocatedMap, LocatedScalar } from './located.ts';

export function entryOf(node: Located | undefined, key: string): LocatedEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** Returns the value at a path of keys. */
export function valueAt(node: Located | undefined, ...keys: readonly string[]): Located | undefined {
  return keys.reduce<Located | undefined>((value, key) => entryOf(value, key)?.value, node);
}

/** Returns the text of the scalar at a path of keys. */
export function textAt(node: Located | undefined, ...keys: readonly string[]): string | undefined {
  const value = valueAt(node, ...keys);
  return value?.kind === 'scalar' && value.value !== null ? value.text : undefined;
}

/** Returns the texts of the list of scalars at a path of keys. */
export function textsAt(node: Located | undefined, ...keys: readonly string[]): readonly string[] {
  return itemsOf(valueAt(node, ...keys)).flatMap((item) => textAt(item) ?? []);
}

export function itemsOf(node: Located | undefined): readonly Located[] {
  return node?.kind === 'list' ? node.items : [];
}

export function entriesOfMap(node: Located | undefined): readonly LocatedEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

/**
 * Returns the map with this entry, in the place of the entry with the same key or at the end.
 * @param keyAt the position of a new key. Default: that of the value
 */
export function withEntry(map: LocatedMap, key: string, value: Located, keyAt: Span = value.at): LocatedMap {
  const entries = map.entries.some((entry) => entry.key === key)
    ? map.entries.map((entry) => (entry.key === key ? { ...entry, value } : entry))
    : [...map.entries, { key, keyAt, value }];
  return { ...map, entries };
}

export function withoutEntry(map: LocatedMap, ...keys: readonly string[]): LocatedMap {
  return { ...map, entries: map.entries.filter((entry) => !keys.includes(entry.key)) };
}

/** Returns the map with a key renamed, in its place. An entry that has the new key already gives way. */
export function renamed(map: LocatedMap, from: string, to: string): LocatedMap {
  if (!entryOf(map, from)) return map;
  const others = withoutEntry(map, to);
  return { ...map, entries: others.entries.map((entry) => (entry.key === from ? { ...entry, key: to } : entry)) };
}

/** Like `renamed`, with another value. */
export function replaced(map: LocatedMap, from: string, to: string, value: Located): LocatedMap {
  return entryOf(map, from) ? withEntry(renamed(map, from, to), to, value) : map;
}

/**
 * Returns the value with each part at a path changed. `*` stands for each item of a list and each value of a map. A part
 * that does not exist stays absent.
 * @param change returns `undefined` to remove the part
 */
export function edit(
  node: Located,
  path: readonly string[],
  change: (part: Located) => Located | undefined,
): Located | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return change(node);
  const inner = (value: Located) => edit(value, rest, change);
  if (node.kind === 'list')
    return key === '*' ? { ...node, items: node.items.flatMap((item) => inner(item) ?? []) } : node;
  if (node.kind === 'scalar') return node;
  const entries = node.entries.flatMap((entry) => {
    if (key !== '*' && entry.key !== key) return [entry];
    const value = inner(entry.value);
    return value ? [{ ...entry, value }] : [];
  });
  return { ...node, entries };
}

/** Like `edit` for parts that are maps. Other parts stay as they are. */
export function editMaps(
  map: LocatedMap,
  path: readonly string[],
  change: (part: LocatedMap) => LocatedMap,
): LocatedMap {
  return edit(map, path, (part) => (part.kind === 'map' ? change(part) : part)) as LocatedMap;
}

export function scalar(value: string | number | boolean | null, at: Span): LocatedScalar {
  return { kind: 'scalar', value, text: value === null ? '' : String(value), at };
}

export function list(items: readonly Located[], at: Span): LocatedList {
  return { kind: 'list', items, at };
}

/** Returns a map whose keys take the positions of their values. Absent values are left out. */
export function mapFrom(values: Readonly<Record<string, Located | undefined>>, at: Span): LocatedMap {
  const entries = Object.entries(values).flatMap(([key, value]) => (value ? [{ key, keyAt: value.at, value }] : []));
  return { kind: 'map', entries, at };
}
