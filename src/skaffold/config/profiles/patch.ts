import { entryOf, scalar, withEntry, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';

/**
 * One JSON patch (RFC 6902), as Skaffold's patch library reads it:
 * - `move` and `copy` replace an item of a list, and do not insert
 * - to add something with an empty key to a map adds the entries of the value
 */
export interface Patch {
  readonly op: PatchOperation;
  readonly path: string;
  readonly from?: string;
  readonly value?: Located;
}

export const patchOperations = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;
export type PatchOperation = (typeof patchOperations)[number];

/** Why a patch does not apply. */
export interface PatchRefused {
  /** The end of a sentence. */
  readonly why: string;
}

/** Returns the patched document. Never throws. */
export function patched(document: Located, patch: Patch): Located | PatchRefused {
  try {
    // From the last path to the first: items that a path removes or inserts do not move those before it.
    return expanded(document, patch.path).reduceRight((node, path) => applied(node, patch, path), document);
  } catch (error) {
    if (!(error instanceof DoesNotApply)) throw error;
    return { why: error.message };
  }
}

/** Ends the application of one patch. It never leaves this file. */
class DoesNotApply extends Error {}

function applied(document: Located, patch: Patch, path: Path): Located {
  const value = patch.value ?? scalar(null, document.at);
  switch (patch.op) {
    case 'add':
      return within(document, path, (parent, key) => inserted(parent, key, value));
    case 'remove':
      return changed(document, path, () => undefined);
    case 'replace':
      return changed(document, path, () => value);
    case 'test':
      if (!isEqual(tested(document, path), value)) throw new DoesNotApply('it has another value');
      return document;
    case 'copy': {
      const source = valueAtFrom(document, patch);
      return within(document, path, (parent, key) => stored(parent, key, source.value));
    }
    case 'move': {
      const source = valueAtFrom(document, patch);
      const rest = changed(document, source.path, () => undefined);
      return within(rest, path, (parent, key) => stored(parent, key, source.value));
    }
  }
}

type Path = readonly string[];

function tokens(path: string): Path {
  if (!path.startsWith('/')) throw new DoesNotApply('it does not start with "/"');
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * Returns the paths that a path stands for. A token `key=value` stands for every map with that text, at any depth below the
 * tokens before it, but not inside of another such map.
 */
function expanded(document: Located, path: string): readonly Path[] {
  const all = tokens(path);
  if (!all.some((token) => searched(token))) return [all];
  let paths: readonly Found[] = [{ path: [], node: document }];
  for (const [i, token] of all.entries()) {
    const [key, value] = searched(token) ?? [];
    paths = paths.flatMap((one): readonly Found[] => {
      if (key !== undefined && value !== undefined) return matching(one, key, value);
      const node = child(one.node, token);
      const isNew = !node && i === all.length - 1;
      return node || isNew ? [{ path: [...one.path, token], node: node ?? one.node }] : [];
    });
  }
  if (paths.length === 0) throw new DoesNotApply('nothing matches it');
  return paths.map((one) => one.path);
}

interface Found {
  readonly path: Path;
  readonly node: Located;
}

/** Returns the key and value of a token `key=value`. */
function searched(token: string): readonly string[] | undefined {
  const parts = token.split('=');
  return parts.length === 2 ? parts : undefined;
}

function matching({ path, node }: Found, key: string, wanted: string): readonly Found[] {
  const value = child(node, key);
  if (value?.kind === 'scalar' && value.value === wanted) return [{ path, node }];
  if (node.kind === 'list')
    return node.items.flatMap((item, i) => matching({ path: [...path, String(i)], node: item }, key, wanted));
  if (node.kind === 'scalar') return [];
  return node.entries.flatMap((entry) => matching({ path: [...path, entry.key], node: entry.value }, key, wanted));
}

function child(node: Located, key: string): Located | undefined {
  if (node.kind !== 'list') return entryOf(node, key)?.value;
  const index = indexOf(key);
  return index === undefined ? undefined : node.items[index];
}

function indexOf(key: string): number | undefined {
  return /^\d+$/.test(key) ? Number(key) : undefined;
}

function valueAtFrom(document: Located, { from }: Patch): { readonly path: Path; readonly value: Located } {
  if (from === undefined) throw new DoesNotApply('`from` is missing');
  try {
    const path = tokens(from);
    const value = path.reduce((node, key) => child(node, key) ?? missing(node, key), document);
    return { path, value };
  } catch (error) {
    throw error instanceof DoesNotApply ? new DoesNotApply(`\`from\`: ${error.message}`) : error;
  }
}

/** Returns the value that `test` compares. An absent field of a map is equal to null. */
function tested(document: Located, path: Path): Located {
  return path.reduce((node, key, i) => {
    const isAbsentField = node.kind === 'map' && i === path.length - 1;
    return child(node, key) ?? (isAbsentField ? scalar(null, node.at) : missing(node, key));
  }, document);
}

function missing(node: Located, key: string): never {
  if (node.kind === 'scalar') throw new DoesNotApply(`"${key}" is below a value that is neither a map nor a list`);
  if (node.kind === 'map') throw new DoesNotApply(`there is no field "${key}"`);
  const count = node.items.length === 1 ? '1 item' : `${node.items.length} items`;
  throw new DoesNotApply(indexOf(key) === undefined ? `"${key}" is no index of a list` : `the list has only ${count}`);
}

/** Changes an existing value. `undefined` removes it. */
function changed(document: Located, path: Path, change: (value: Located) => Located | undefined): Located {
  return within(document, path, (parent, key) => {
    const old = child(parent, key) ?? missing(parent, key);
    const value = change(old);
    if (parent.kind === 'list') {
      const index = Number(key);
      const put = value ? [value] : [];
      return { ...parent, items: [...parent.items.slice(0, index), ...put, ...parent.items.slice(index + 1)] };
    }
    return value ? withEntry(parent as LocatedMap, key, value) : withoutEntry(parent as LocatedMap, key);
  });
}

/** Changes the map or list that holds the value at a path. */
function within(document: Located, path: Path, change: (parent: Located, key: string) => Located): Located {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return change(document, key);
  const inner = within(child(document, key) ?? missing(document, key), rest, change);
  if (document.kind === 'list') {
    const index = Number(key);
    return { ...document, items: document.items.map((item, i) => (i === index ? inner : item)) };
  }
  return withEntry(document as LocatedMap, key, inner);
}

/** Adds a value to a map, or inserts it into a list. `-` is the end of the list. */
function inserted(parent: Located, key: string, value: Located): Located {
  if (parent.kind !== 'list') return stored(parent, key, value);
  const { items } = parent;
  const index = key === '-' ? items.length : indexOf(key);
  if (index === undefined || index > items.length) return missing(parent, key);
  return { ...parent, items: [...items.slice(0, index), value, ...items.slice(index)] };
}

/** Sets a value of a map or list. The index after the last item appends. */
function stored(parent: Located, key: string, value: Located): Located {
  if (parent.kind === 'scalar') return missing(parent, key);
  if (parent.kind === 'map') {
    if (key !== '') return withEntry(parent, key, value);
    if (value.kind !== 'map') throw new DoesNotApply('only a map can be added without a key');
    return value.entries.reduce((map, entry) => withEntry(map, entry.key, entry.value, entry.keyAt), parent);
  }
  const { items } = parent;
  const index = indexOf(key);
  if (index === undefined || index > items.length) return missing(parent, key);
  return { ...parent, items: [...items.slice(0, index), value, ...items.slice(index + 1)] };
}

function isEqual(a: Located, b: Located): boolean {
  if (a.kind === 'scalar' || b.kind === 'scalar')
    return a.kind === 'scalar' && b.kind === 'scalar' && a.value === b.value;
  if (a.kind === 'list' && b.kind === 'list')
    return a.items.length === b.items.length && a.items.every((item, i) => isEqual(item, b.items[i] ?? item));
  if (a.kind !== 'map' || b.kind !== 'map' || a.entries.length !== b.entries.length) return false;
  return a.entries.every(({ key, value }) => {
    const other = entryOf(b, key)?.value;
    return other !== undefined && isEqual(value, other);
  });
}
