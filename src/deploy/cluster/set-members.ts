import type { ApiResource } from '../../clusters/api/api-resource.ts';
import { listableKinds } from '../../clusters/api/listable-kinds.ts';
import { labelSelectorOf } from '../../clusters/api/selectors.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { groupKindOf } from '../kubernetes-object.ts';
import { memberLabel, type SetContents } from './apply-set.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { wasAppliedHere } from './field-managers.ts';
import { askForObjects, listObjects } from './list-objects.ts';
import { pathOf, type LiveObject } from './live-object.ts';

const atOnce = 8;

/**
 * Returns the members of a set of these resources in these namespaces: one request for each pair, and one for each
 * resource that belongs to no namespace. A resource that is gone has no members. Objects that carry the label and that
 * Slipway has not applied are no members. Throws the client's errors.
 */
export async function membersOf(
  access: ClusterAccess,
  setId: string,
  resources: readonly ApiResource[],
  namespaces: readonly string[],
): Promise<readonly LiveObject[]> {
  const pairs = resources.flatMap((resource) =>
    (resource.isNamespaced ? namespaces : [undefined]).map((namespace) => ({ resource, namespace })),
  );
  const lists = await inParallel(pairs, atOnce, async ({ resource, namespace }) => {
    return await listObjects(access, resource, { namespace, labelSelector: labelSelectorOf({ [memberLabel]: setId }) });
  });
  return lists.flat().filter(({ metadata }) => wasAppliedHere(metadata));
}

export interface Search {
  /** The members that were found. */
  readonly members: readonly LiveObject[];
  /** Why some kinds could not be listed, other than for a missing permission. */
  readonly refusals: readonly string[];
  /** How many kinds may not be listed at all. */
  readonly forbidden: number;
}

/**
 * Looks for members of a set among all kinds of the cluster, for a set whose record is missing or does not name all of
 * them. Who may not list a kind in the whole cluster gets the members in these namespaces, if any. Throws errors that
 * concern all requests.
 */
export async function searchMembers(
  access: ClusterAccess,
  setId: string,
  namespaces: readonly string[],
): Promise<Search> {
  const { resources, unknown } = await listableKinds(access.client, access.clock, access.signal);
  const labelSelector = labelSelectorOf({ [memberLabel]: setId });
  const refusals = [...unknown];
  let forbidden = 0;
  const lists = await inParallel(resources, atOnce, async (resource) => {
    const everywhere = await askForObjects(access, resource, { labelSelector });
    if ('value' in everywhere) return everywhere.value;
    if (!everywhere.isForbidden) refusals.push(`${groupKindOf(resource)} (${everywhere.refusal})`);
    if (!everywhere.isForbidden) return [];
    const found: LiveObject[] = [];
    let isSeen = false;
    for (const namespace of resource.isNamespaced ? namespaces : []) {
      const there = await askForObjects(access, resource, { namespace, labelSelector });
      if ('value' in there) {
        isSeen = true;
        found.push(...there.value);
      } else if (!there.isForbidden) refusals.push(`${groupKindOf(resource)} (${there.refusal})`);
    }
    if (!isSeen) forbidden += 1;
    return found;
  });
  return { members: distinct(lists.flat().filter(({ metadata }) => wasAppliedHere(metadata))), refusals, forbidden };
}

/** Returns each object once: two groups may serve the same objects. */
export function distinct(objects: readonly LiveObject[]): readonly LiveObject[] {
  const known = new Map<string, LiveObject>();
  for (const object of objects) {
    const key = object.metadata.uid ?? pathOf(object);
    if (!known.has(key)) known.set(key, object);
  }
  return [...known.values()];
}

/** Returns where these members are. */
export function contentsOfMembers(members: readonly LiveObject[], namespace: string): SetContents {
  const namespaces = members.flatMap(({ metadata }) => metadata.namespace ?? []);
  return {
    groupKinds: [...new Set(members.map(({ resource }) => groupKindOf(resource)))].sort(),
    namespaces: [...new Set(namespaces)].filter((each) => each !== namespace).sort(),
  };
}
