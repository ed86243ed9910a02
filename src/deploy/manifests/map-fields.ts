/** One field of a map inside of an object. */
export interface Field {
  /** `.spec.containers.image`. A list takes no part in it. */
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
  /** The name of the list that the map is an item of. */
  readonly list: string | undefined;
}

/** Reports whether a value is a map, and not a list. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns a map with other values, the same one if nothing changes. Inner fields come before outer ones.
 * @param change returns the new value of a field
 */
export function mapFields<T extends object>(object: T, change: (field: Field) => unknown): T {
  return mapMap(object as Readonly<Record<string, unknown>>, '', undefined, change) as T;
}

function mapMap(
  map: Readonly<Record<string, unknown>>,
  path: string,
  list: string | undefined,
  change: (field: Field) => unknown,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(map);
  const changed = entries.map(([name, value]) => {
    const own = `${path}.${name}`;
    return [name, change({ path: own, name, value: mapValue(value, own, name, undefined, change), list })] as const;
  });
  return changed.some(([, value], at) => value !== entries[at]![1]) ? Object.fromEntries(changed) : map;
}

function mapValue(
  value: unknown,
  path: string,
  name: string,
  list: string | undefined,
  change: (field: Field) => unknown,
): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const changed = items.map((item) => mapValue(item, path, name, name, change));
    return changed.some((item, at) => item !== items[at]) ? changed : items;
  }
  return isMap(value) ? mapMap(value, path, list, change) : value;
}
