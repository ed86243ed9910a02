import { listableKinds, type ListableKinds } from '../../clusters/api/listable-kinds.ts';
import type { ObjectProblem } from '../../model/outcome.ts';
import type { ApplySetParent } from './apply-set-parent.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { deleteObjects, type DeletionWatcher } from './delete-objects.ts';
import type { LiveObject } from './live-object.ts';
import { unmarkObject } from './release-object.ts';
import { holdsOthers, isDefinition, whyKept } from './why-kept.ts';

export interface RemovalWatcher extends DeletionWatcher {
  /** The object exists, and is not a member any more. `why`: a part of a sentence. */
  readonly onKept: (object: LiveObject, why: string) => void;
}

/**
 * Deletes members of a set. A definition or a namespace is deleted last, and only if no object of others is deleted with
 * it. Throws errors that concern all objects.
 */
export async function removeMembers(
  access: ClusterAccess,
  parent: ApplySetParent,
  members: readonly LiveObject[],
  { onGone, onKept, onWaiting }: RemovalWatcher,
): Promise<readonly ObjectProblem[]> {
  const removed = new Set<string>();
  const gone = (object: LiveObject) => {
    if (object.metadata.uid !== undefined) removed.add(object.metadata.uid);
    onGone(object);
  };
  let kinds: Promise<ListableKinds> | undefined;
  const kindsOfCluster = async () => await (kinds ??= listableKinds(access.client, access.clock, access.signal));
  // Definitions first: a custom resource in a namespace disappears with its kind.
  const steps = [
    members.filter((member) => !holdsOthers(member)),
    members.filter(isDefinition),
    members.filter((member) => holdsOthers(member) && !isDefinition(member)),
  ];
  for (const step of steps) {
    const free: LiveObject[] = [];
    for (const member of step) {
      access.signal.throwIfAborted();
      const isLeaving = member.metadata.deletionTimestamp !== undefined;
      const why =
        isLeaving || !holdsOthers(member)
          ? undefined
          : await whyKept(access, member, { record: parent, removed }, kindsOfCluster);
      if (why === undefined) {
        free.push(member);
        continue;
      }
      await unmarkObject(access, member);
      onKept(member, why);
    }
    const problems = await deleteObjects(access, parent.id, free, { onGone: gone, onWaiting });
    if (problems.length > 0) return problems;
  }
  return [];
}
