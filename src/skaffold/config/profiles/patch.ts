import { itemsOf, withEntry, withoutEntry, entryOf } from '../../../diagnostics/yaml/edit.ts';
import type { Located } from '../../../diagnostics/yaml/located.ts';

/** One JSON patch (RFC 6902), as Skaffold's patch library reads it. */
export interface Patch {
  readonly op: PatchOperation;
  readonly path: string;
  readonly from?: string;
  readonly value?: Located;
}

export const patchOperations = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;
export type PatchOperation = (typeof patchOperations)[number];

/** Why a patch does not apply, as the end of a sentence. */
export interface PatchRefused {
  readonly why: string;
}

/** Returns the patched document. Never throws. */
export function patched(document: Located, patch: Patch): Located | PatchRefused {
  try {
    return expanded(document, patch.path).reduce((node, path) => applied(node, patch, path), document);
  } catch (error) {
    if (error instanceof DoesNotApply) return { why: error.message };
    throw error;
  }
}

/** Ends the application of one patch. It never leaves this file. */
class DoesNotApply extends Error {}

function applied(document: Located, patch: Patch, path: Path): Located {
  const value = patch.value ?? { kind: 'scalar', value: null, text: '', at: document.at };
  switch (patch.op) {
    case 'add':
      return added(document, path, value);
    case 'remove':
      return changed(document, path, () => undefined);
    case 'replace':
      return changed(document, path, () => value);
    case 'test':
      if (!equal(found(document, path), value)) throw new DoesNotApply('it has another value');
      return document;
    case 'copy':
      return added(document, path, found(document, tokens(patch.from ?? '')));
    case 'move': {
      const from = tokens(patch.from ?? '');
      return added(
        changed(document, from, () => undefined),
        path,
        found(document, from),
      );
    }
  }
}

type Path = readonly string[];

function tokens(path: string): Path {
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Returns the paths that a path stands for: a token `key=value` stands for each item of a list with that field. */
function expanded(document: Located, path: string): readonly Path[] {
  const all = tokens(path);
  if (!all.some((token) => token.includes('='))) return [all];
  let paths: readonly { readonly path: Path; readonly node: Located }[] = [{ path: [], node: document }];
  for (const [i, token] of all.entries())
    paths = paths.flatMap(({ path: before, node }) => {
      if (i === all.length - 1 && !token.includes('=')) return [{ path: [...before, token], node }];
      return matching(node, token).map((key) => ({ path: [...before, key], node: child(node, key) ?? node }));
    });
  if (paths.length === 0) throw new DoesNotApply('nothing matches it');
  return paths.map((one) => one.path);
}

function matching(node: Located, token: string): readonly string[] {
  const [key = '', wanted] = token.split(/=(.*)/s);
  if (wanted === undefined || node.kind !== 'list') return child(node, token) ? [token] : [];
  return node.items.flatMap((item, i) => {
    const value = child(item, key);
    return value?.kind === 'scalar' && value.text === wanted ? [String(i)] : [];
  });
}

function child(node: Located, key: string): Located | undefined {
  if (node.kind === 'list') return /^\d+$/.test(key) ? node.items[Number(key)] : undefined;
  return entryOf(node, key)?.value;
}

function found(document: Located, path: Path): Located {
  return path.reduce((node, key) => child(node, key) ?? missing(node, key), document);
}

function missing(node: Located, key: string): never {
  if (node.kind === 'list')
    throw new DoesNotApply(
      /^\d+$/.test(key)
        ? `the list has ${node.items.length === 1 ? 'only 1 item' : `only ${node.items.length} items`}`
        : `"${key}" is no index of a list`,
    );
  if (node.kind === 'map') throw new DoesNotApply(`there is no field "${key}"`);
  throw new DoesNotApply(`"${key}" is below a value that is neither a map nor a list`);
}

/** Changes an existing value. `undefined` removes it. */
function changed(document: Located, path: Path, change: (value: Located) => Located | undefined): Located {
  const [key, ...rest] = path;
  if (key === undefined) throw new DoesNotApply('the path is empty');
  const old = child(document, key) ?? missing(document, key);
  const value = rest.length === 0 ? change(old) : changed(old, rest, change);
  if (document.kind === 'list')
    return { ...document, items: document.items.flatMap((item, i) => (String(i) === key ? (value ?? []) : item)) };
  if (document.kind === 'map') return value ? withEntry(document, key, value) : withoutEntry(document, key);
  return missing(document, key);
}

function added(document: Located, path: Path, value: Located): Located {
  const [key, ...rest] = path;
  if (key === undefined) throw new DoesNotApply('the path is empty');
  if (rest.length > 0) return changed(document, [key], (inner) => added(inner, rest, value));
  if (document.kind === 'map') return withEntry(document, key, value);
  if (document.kind !== 'list') return missing(document, key);
  const items = itemsOf(document);
  const at = key === '-' ? items.length : /^\d+$/.test(key) ? Number(key) : undefined;
  if (at === undefined || at > items.length) return missing(document, key);
  return { ...document, items: [...items.slice(0, at), value, ...items.slice(at)] };
}

function equal(a: Located, b: Located): boolean {
  if (a.kind === 'scalar' || b.kind === 'scalar')
    return a.kind === 'scalar' && b.kind === 'scalar' && a.value === b.value;
  if (a.kind === 'list' && b.kind === 'list')
    return a.items.length === b.items.length && a.items.every((item, i) => equal(item, b.items[i] as Located));
  if (a.kind !== 'map' || b.kind !== 'map' || a.entries.length !== b.entries.length) return false;
  return a.entries.every(({ key, value }) => {
    const other = entryOf(b, key)?.value;
    return other !== undefined && equal(value, other);
  });
}
