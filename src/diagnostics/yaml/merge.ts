import { typeName, type Located, type LocatedEntry, type LocatedMap } from './located.ts';
import { problem, type Report } from '../problem.ts';

/** A key with its value, before merges are applied. */
export interface RawEntry extends LocatedEntry {
  /** Whether this is an unquoted `<<`. A quoted `<<` is an ordinary key. */
  readonly merge: boolean;
}

/**
 * Applies the merges (`<<`) of one map. Keys of the map itself override merged keys. Earlier maps of a merged list
 * override later ones. Values are replaced whole, not merged recursively. Merged keys take the position of the `<<`. A
 * duplicate key is reported, and its first value is kept.
 */
export function mergedEntries(raw: readonly RawEntry[], report: Report): readonly LocatedEntry[] {
  const own = ownEntries(raw, report);
  const entries: LocatedEntry[] = [];
  const taken = new Set<string>(own.keys());
  for (const entry of raw) {
    if (own.get(entry.key) !== entry) continue;
    if (!entry.merge) {
      entries.push({ key: entry.key, keyAt: entry.keyAt, value: entry.value });
      continue;
    }
    for (const map of mergedMaps(entry.value, report)) {
      for (const merged of map.entries) {
        if (taken.has(merged.key)) continue;
        taken.add(merged.key);
        entries.push(merged);
      }
    }
  }
  return entries;
}

function ownEntries(raw: readonly RawEntry[], report: Report): ReadonlyMap<string, RawEntry> {
  const own = new Map<string, RawEntry>();
  for (const entry of raw) {
    const first = own.get(entry.key);
    if (first) report(problem('W010', entry.keyAt, { key: entry.key }, [{ message: 'first given', at: first.keyAt }]));
    else own.set(entry.key, entry);
  }
  return own;
}

function mergedMaps(value: Located, report: Report): readonly LocatedMap[] {
  const maps: LocatedMap[] = [];
  for (const node of value.kind === 'list' ? value.items : [value]) {
    if (node.kind === 'map') maps.push(node);
    else report(problem('W019', node.at, { actual: typeName(node) }));
  }
  return maps;
}
