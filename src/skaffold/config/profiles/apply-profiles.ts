import type { Report } from '../../../diagnostics/problem.ts';
import { itemsOf, textAt, valueAt, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { problem } from '../../problem.ts';
import { checkShape } from '../shape/check-shape.ts';
import { rootType, type TypeShapes } from '../shape/shape.ts';
import { overlay } from './overlay.ts';
import { patched, patchOperations, type PatchOperation } from './patch.ts';

/** The fields of a profile that are not sections of a configuration. */
const ownFields = ['name', 'activation', 'requiresAllActivations', 'patches'];

/**
 * Applies the active profiles that a document has, in this order: the sections of each, then its patches. Returns the
 * document without its profiles.
 * @param types the types of the newest version
 */
export function applyProfiles(
  document: LocatedMap,
  active: readonly string[],
  types: TypeShapes,
  report: Report,
): LocatedMap {
  const root = types[rootType];
  if (!root) throw new Error(`no type ${rootType}`);
  // Of two profiles with one name, Skaffold takes the last one.
  const profiles = new Map(itemsOf(valueAt(document, 'profiles')).map((one) => [textAt(one, 'name') ?? '', one]));
  const applied = active.reduce((before, name) => {
    const profile = profiles.get(name);
    if (profile?.kind !== 'map') return before;
    const merged = overlay(before, withoutEntry(profile, ...ownFields), root, types);
    return withPatches(merged, name, itemsOf(valueAt(profile, 'patches')), types, report);
  }, document);
  return withoutEntry(applied, 'profiles');
}

function withPatches(
  document: LocatedMap,
  profile: string,
  patches: readonly Located[],
  types: TypeShapes,
  report: Report,
): LocatedMap {
  if (patches.length === 0) return document;
  let current: Located = document;
  for (const patch of patches) {
    const op = textAt(patch, 'op') ?? 'replace';
    if (!isOperation(op)) {
      const at = valueAt(patch, 'op')?.at ?? patch.at;
      report(problem('S012', at, { op, known: patchOperations }));
      continue;
    }
    const path = textAt(patch, 'path') ?? '';
    const value = valueAt(patch, 'value');
    const from = textAt(patch, 'from');
    const next: ReturnType<typeof patched> = patched(current, {
      op,
      path,
      ...(value && { value }),
      ...(from !== undefined && { from }),
    });
    if ('why' in next)
      report(problem('S011', valueAt(patch, 'path')?.at ?? patch.at, { profile, op, path, why: next.why }));
    else current = next;
  }
  return checkShape(current, rootType, types, report, (entry, type) =>
    report(problem('S015', entry.keyAt, { field: entry.key, where: type.label, known: Object.keys(type.fields) })),
  );
}

function isOperation(op: string): op is PatchOperation {
  return (patchOperations as readonly string[]).includes(op);
}

/** Returns the names of the profiles that a document defines, in its order. */
export function profileNames(document: LocatedMap): readonly string[] {
  return itemsOf(valueAt(document, 'profiles')).flatMap((profile) => textAt(profile, 'name') ?? []);
}
