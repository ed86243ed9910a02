import type { LiveMetadata, ManagedFields } from './live-object.ts';
import { digestAnnotation } from './manifest-digest.ts';

/** The field manager of everything that Slipway applies. */
export const fieldManager = 'slipway';

/** Reports whether an entry of `managedFields` is that of Slipway's applies. */
export function isOwnEntry({ manager, operation, subresource }: ManagedFields): boolean {
  return manager === fieldManager && operation === 'Apply' && (subresource ?? '') === '';
}

/**
 * Reports whether Slipway applied this object itself. A label alone is no proof: controllers and people copy labels to
 * objects of their own. A client may remove `managedFields` altogether; then the annotation counts.
 */
export function wasAppliedHere({
  managedFields = [],
  annotations,
}: Pick<LiveMetadata, 'managedFields' | 'annotations'>): boolean {
  return managedFields.length === 0 ? annotations?.[digestAnnotation] !== undefined : managedFields.some(isOwnEntry);
}

/** Returns the names of all other programs that set fields of an object, beside its status. */
export function otherManagers({ managedFields = [] }: LiveMetadata): readonly string[] {
  const others = managedFields.filter((entry) => !isOwnEntry(entry) && (entry.subresource ?? '') === '');
  return [...new Set(others.flatMap(({ manager }) => manager ?? []))].sort();
}
