import { typeName, type Located, type LocatedEntry, type LocatedMap } from './located.ts';
import { problem, type Report } from '../problem.ts';

/** A key with its value before merges are done. */
export interface RawEntry extends LocatedEntry {
  /** A plain `<<`; a quoted one is a key like any other. */
  readonly merge: boolean;
}

/**
 * Does the merges of one map (YAML's `<<`): keys of the map itself win over merged ones, earlier maps of a merged list
 * over later ones; whole values win, they are not merged any deeper. Merged keys stand where the `<<` stands. A key
 * given twice in the text is a mistake; the first one is kept.
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
