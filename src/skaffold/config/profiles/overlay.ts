import { entryOf } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedEntry, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { TypeShape, TypeShapes } from '../shape/shape.ts';
import { ownValue } from '../../../util/own-value.ts';

/**
 * Lays the sections of a profile over a configuration, by the rules of Skaffold:
 * - a scalar or list of the profile replaces the configuration's
 * - a section is merged field by field, unless Skaffold declares it as a pointer: then the profile's replaces it whole
 * - of fields that exclude each other, the first one of the profile, in the order of the type, replaces all
 * Both are maps of one type, from which `checkShape` has removed what equals an absent field.
 */
export function overlay(base: LocatedMap, whole: LocatedMap, type: TypeShape, types: TypeShapes): LocatedMap {
  const profile = { ...whole, entries: whole.entries.filter(({ key }) => !isAfterAnother(key, whole, type)) };
  const replaced = new Set(
    profile.entries.flatMap(({ key }) => {
      const group = ownValue(type.fields, key)?.oneOf;
      return group === undefined ? [] : fieldsOfGroup(type, group);
    }),
  );
  const kept = base.entries.flatMap((entry): LocatedEntry[] => {
    const over = entryOf(profile, entry.key);
    if (!over) return replaced.has(entry.key) ? [] : [entry];
    return [{ ...over, value: overlaid(entry, over, type, types) }];
  });
  const added = profile.entries.filter(({ key }) => !entryOf(base, key));
  // What has nothing of the configuration is where the profile is, for diagnostics.
  const isReplaced = profile.entries.length > 0 && kept.every(({ key }) => entryOf(profile, key));
  return { ...(isReplaced ? profile : base), entries: [...kept, ...added] };
}

function overlaid(base: LocatedEntry, over: LocatedEntry, type: TypeShape, types: TypeShapes): Located {
  const field = ownValue(type.fields, over.key);
  if (field?.shape.kind !== 'type' || field.keepsZero) return over.value;
  const inner = types[field.shape.name];
  return inner && base.value.kind === 'map' && over.value.kind === 'map'
    ? overlay(base.value, over.value, inner, types)
    : over.value;
}

/** Reports whether the profile has an earlier field that excludes this one. */
function isAfterAnother(key: string, profile: LocatedMap, type: TypeShape): boolean {
  const group = ownValue(type.fields, key)?.oneOf;
  return group !== undefined && fieldsOfGroup(type, group).find((name) => entryOf(profile, name) !== undefined) !== key;
}

function fieldsOfGroup(type: TypeShape, group: string): string[] {
  return Object.entries(type.fields).flatMap(([name, field]) => (field.oneOf === group ? [name] : []));
}
