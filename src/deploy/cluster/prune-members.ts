import type { ObjectProblem } from '../../model/outcome.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { groupKindOf } from '../kubernetes-object.ts';
import { applyRank } from '../manifests/apply-rank.ts';
import type { Applied } from './apply-objects.ts';
import type { ApplySetParent } from './apply-set-parent.ts';
import type { SetContents } from './apply-set.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { deleteObject, problemWith } from './delete-objects.ts';
import { inRanks } from './in-ranks.ts';
import type { LiveObject } from './live-object.ts';
import { objectKey, type ObjectKey } from './needs-of.ts';
import type { PlannedObject } from './planned-objects.ts';
import { contentsOfMembers } from './set-members.ts';
import { releaseObject, unmarkObject } from './release-object.ts';
import { createdAnnotation } from './sent-object.ts';
import { isDefinition } from './why-kept.ts';

const atOnce = 8;

export interface Pruned {
  readonly removed: readonly LiveObject[];
  readonly problems: readonly ObjectProblem[];
  /** Where members are that are no longer rendered and still exist. */
  readonly left: SetContents;
  /** Definitions that are no longer rendered. They exist, and are not members any more. */
  readonly released: readonly LiveObject[];
}

/** What a deploy wants to exist. */
export interface Wanted {
  readonly uids: ReadonlySet<string>;
  readonly keys: ReadonlySet<ObjectKey>;
  /** The kinds and `generateName`s of objects with generated names. */
  readonly generators: ReadonlySet<string>;
}

/** What happens to a member of a set after a deploy. */
export type Fate = 'keep' | 'delete' | 'release' | 'unmark';

/**
 * Decides what happens to a member. A namespace is never deleted here: one that this set created stays a member until
 * the set is removed, and any other stops being one. Nor is a definition: all objects of its kind, also those of others,
 * would be deleted with it. Objects with generated names stay while their manifest does.
 */
export function fateOf({ resource, metadata }: LiveObject, setId: string, { uids, keys, generators }: Wanted): Fate {
  if (metadata.uid === undefined || uids.has(metadata.uid)) return 'keep';
  // The object was created again, so the member that was listed before is gone.
  if (keys.has(objectKey(resource, metadata.namespace, metadata.name))) return 'keep';
  if (resource.kind === 'Namespace') return metadata.annotations?.[createdAnnotation] === setId ? 'keep' : 'release';
  if (isDefinition({ resource })) return metadata.deletionTimestamp === undefined ? 'unmark' : 'keep';
  return generators.has(generatorOf(groupKindOf(resource), metadata.generateName)) ? 'keep' : 'delete';
}

/** A member that a deploy does not want, and what is to happen to it. */
export interface Unwanted {
  readonly member: LiveObject;
  readonly fate: Exclude<Fate, 'keep'>;
}

/** Returns the members that are no longer rendered. */
export function unwantedMembers(
  parent: ApplySetParent,
  planned: readonly PlannedObject[],
  members: readonly LiveObject[],
  { uids, objects }: Applied,
): readonly Unwanted[] {
  const keys = new Set(objects.map((object) => objectKey(object, object.namespace, object.name)));
  const generators = new Set(
    planned
      .filter(({ isGenerated }) => isGenerated)
      .map(({ manifest: { object } }) => generatorOf(groupKindOf(object), object.metadata.generateName)),
  );
  return members.flatMap((member) => {
    const fate = fateOf(member, parent.id, { uids, keys, generators });
    return fate === 'keep' ? [] : [{ member, fate }];
  });
}

/** Removes members that are no longer rendered. Does not wait until they are gone. Throws errors that concern all. */
export async function pruneMembers(
  access: ClusterAccess,
  parent: ApplySetParent,
  members: readonly LiveObject[],
  unwanted: readonly Unwanted[],
): Promise<Pruned> {
  const fates = new Map(unwanted.map(({ member, fate }) => [member, fate]));
  const removed = new Set<LiveObject>();
  const problems: ObjectProblem[] = [];
  const left: LiveObject[] = members.filter((member) => !fates.has(member));
  const deleted = members.filter((member) => fates.get(member) === 'delete');
  for (const rank of inRanks(deleted, ({ resource }) => -applyRank(resource)))
    await inParallel(rank, atOnce, async (member) => {
      access.signal.throwIfAborted();
      const wasLeaving = member.metadata.deletionTimestamp !== undefined;
      const result = wasLeaving ? 'leaving' : await deleteObject(access, member, 'Background');
      if (typeof result !== 'string') return void problems.push(problemWith(member, result));
      if (result === 'leaving') left.push(member);
      if (!wasLeaving) removed.add(member);
    });
  const released: LiveObject[] = [];
  for (const [member, fate] of fates) {
    if (fate === 'release') await releaseObject(access, member);
    if (fate !== 'unmark') continue;
    await unmarkObject(access, member);
    released.push(member);
  }
  return {
    removed: members.filter((member) => removed.has(member)),
    problems,
    left: contentsOfMembers(left, parent.namespace),
    released,
  };
}

function generatorOf(groupKind: string, generateName = ''): string {
  return `${groupKind}/${generateName}`;
}
