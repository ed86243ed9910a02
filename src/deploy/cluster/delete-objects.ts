import { hasStatus, isTransient } from '../../clusters/api/api-error.ts';
import { collectionPath } from '../../clusters/api/api-resource.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import { labelSelectorOf } from '../../clusters/api/selectors.ts';
import type { ObjectProblem } from '../../model/outcome.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { shownObject } from '../kubernetes-object.ts';
import { applyRank } from '../manifests/apply-rank.ts';
import { memberLabel } from './apply-set.ts';
import { leavingMessage, stillThere, toldWhileLeaving } from './await-object.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { inRanks } from './in-ranks.ts';
import { pathOf, type LiveObject } from './live-object.ts';
import type { AppliedObject } from './patch-object.ts';
import { problemOf, type Problem } from './problem-of.ts';
import { watchUntil } from './watch-until.ts';

const atOnce = 8;
/**
 * They own pods, and exist until these are gone. Other kinds do not wait for what they own: the garbage collector of the
 * cluster takes half a minute to notice a new kind.
 */
const owners: ReadonlySet<string> = new Set([
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicationController'],
]);

/**
 * Asks the cluster to delete an object, unless another one has its name by now.
 * @param propagation `Foreground`: the object exists until everything that it owns is gone
 * @returns whether it still exists, or what is wrong
 */
export async function deleteObject(
  { client, clock, signal }: ClusterAccess,
  object: LiveObject,
  propagation: 'Foreground' | 'Background',
): Promise<'leaving' | 'gone' | Problem> {
  const { uid } = object.metadata;
  const body = { propagationPolicy: propagation, ...(uid !== undefined && { preconditions: { uid } }) };
  return await retryTransient(clock, signal, async () => {
    try {
      const answer = await client.json<{ readonly kind?: string }>('DELETE', pathOf(object), { body, signal });
      return answer.kind === 'Status' ? ('gone' as const) : ('leaving' as const);
    } catch (error) {
      if (hasStatus(error, 404, 409)) return 'gone' as const;
      const problem = isTransient(error) ? undefined : problemOf(error);
      if (problem === undefined) throw error;
      return problem;
    }
  });
}

/**
 * Deletes members of a set in the reverse order of their application, and waits for each rank. After an object that
 * does not go away it stops: its controller may be among the rest. Throws errors that concern all objects.
 */
export async function deleteObjects(
  access: ClusterAccess,
  setId: string,
  objects: readonly LiveObject[],
  { onGone, onWaiting }: DeletionWatcher,
): Promise<readonly ObjectProblem[]> {
  const problems: ObjectProblem[] = [];
  for (const rank of inRanks(objects, ({ resource }) => -applyRank(resource))) {
    const left: LiveObject[] = [];
    await inParallel(rank, atOnce, async (object) => {
      access.signal.throwIfAborted();
      const result = await deleteObject(access, object, owners.has(object.resource.kind) ? 'Foreground' : 'Background');
      if (result === 'gone') onGone(object);
      else if (result === 'leaving') left.push(object);
      else problems.push(problemWith(object, result));
    });
    const stuck = await inParallel([...byCollection(left)], atOnce, async ([path, members]) => {
      return await awaitAllGone(access, { path, setId }, members, { onGone, onWaiting });
    });
    problems.push(...stuck.flat());
    if (stuck.flat().length > 0) break;
  }
  return problems;
}

export interface DeletionWatcher {
  /** Called for each object that no longer exists. */
  readonly onGone: (object: LiveObject) => void;
  /** Called with what a deletion that takes long waits for. */
  readonly onWaiting: (message: string) => void;
}

/** Names the objects that wait for a finalizer; the others only take their time. */
function leavingMessages(
  left: ReadonlyMap<string | undefined, LiveObject>,
  last: readonly AppliedObject[],
): string | undefined {
  const held = last.flatMap((object) => {
    const member = left.get(object.metadata.uid);
    if (member === undefined || (object.metadata.finalizers ?? []).length === 0) return [];
    return leavingMessage(shownObject({ ...member.resource, name: member.metadata.name }), object);
  });
  return held.length === 0 ? undefined : held.join('; ');
}

async function awaitAllGone(
  access: ClusterAccess,
  { path, setId }: { readonly path: string; readonly setId: string },
  members: readonly LiveObject[],
  { onGone, onWaiting }: DeletionWatcher,
): Promise<readonly ObjectProblem[]> {
  const left = new Map(members.map((member) => [member.metadata.uid, member]));
  let last: readonly AppliedObject[] = [];
  using _ = toldWhileLeaving(access, () => leavingMessages(left, last), onWaiting);
  await watchUntil<AppliedObject>(
    access.client,
    { path, labelSelector: labelSelectorOf({ [memberLabel]: setId }) },
    (objects) => {
      last = objects;
      const there = new Set(objects.map(({ metadata }) => metadata.uid));
      for (const [uid, member] of left) {
        if (there.has(uid)) continue;
        left.delete(uid);
        onGone(member);
      }
      return left.size === 0;
    },
    access,
  );
  return [...left].map(([uid, member]) =>
    problemWith(
      member,
      stillThere(
        last.find(({ metadata }) => metadata.uid === uid),
        access.withinMs,
      ),
    ),
  );
}

function byCollection(objects: readonly LiveObject[]): ReadonlyMap<string, LiveObject[]> {
  const groups = new Map<string, LiveObject[]>();
  for (const object of objects) {
    const path = collectionPath(object.resource, object.metadata.namespace);
    const group = groups.get(path) ?? [];
    groups.set(path, group);
    group.push(object);
  }
  return groups;
}

export function problemWith({ resource, metadata }: LiveObject, problem: Problem): ObjectProblem {
  return {
    object: shownObject({ ...resource, name: metadata.name }),
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    ...problem,
  };
}
