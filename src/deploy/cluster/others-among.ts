import { groupKindOf } from '../kubernetes-object.ts';
import { pathOf, type LiveObject } from './live-object.ts';
import { isMadeByCluster } from './made-by-cluster.ts';

/** What does not count as an object of others. */
export interface Ours {
  /** The record of the set. */
  readonly record: { readonly name: string; readonly namespace: string };
  /** The uids of objects of the set that were removed already. What they own disappears with them, but not at once. */
  readonly removed: ReadonlySet<string>;
}

/**
 * Returns the objects of others among everything that a namespace holds, or that has a kind. An object that another one
 * owns is not named beside its owner. What is being deleted does not count, nor does what the cluster made by itself.
 */
export function othersAmong(objects: readonly LiveObject[], { record, removed }: Ours): readonly LiveObject[] {
  const known = new Map(objects.map((object) => [object.metadata.uid ?? pathOf(object), object]));
  const leaving = new Map<LiveObject, boolean>();
  const isLeaving = (object: LiveObject): boolean => {
    const before = leaving.get(object);
    if (before !== undefined) return before;
    // Owners may be a circle.
    leaving.set(object, false);
    const { uid = '', deletionTimestamp, ownerReferences = [] } = object.metadata;
    const goes =
      removed.has(uid) ||
      deletionTimestamp !== undefined ||
      (ownerReferences.length > 0 &&
        ownerReferences.every((owner) => {
          const there = known.get(owner.uid);
          return removed.has(owner.uid) || (there !== undefined && isLeaving(there));
        }));
    leaving.set(object, goes);
    return goes;
  };
  const isRecord = ({ resource, metadata }: LiveObject) =>
    groupKindOf(resource) === 'ConfigMap' && metadata.name === record.name && metadata.namespace === record.namespace;
  // One object may be listed by two groups.
  const all = [...known.values()].filter(
    (object) => !isMadeByCluster(object) && !isRecord(object) && !isLeaving(object),
  );
  const uids = new Set(all.map(({ metadata }) => metadata.uid));
  const roots = all.filter(({ metadata }) => !metadata.ownerReferences?.some((owner) => uids.has(owner.uid)));
  return roots.length > 0 ? roots : all;
}
