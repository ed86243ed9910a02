import { hasStatus } from '../../clusters/api/api-error.ts';
import { objectPath, type ApiResource } from '../../clusters/api/api-resource.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import type { ObjectChange } from '../../model/artifact.ts';
import type { Output } from '../../model/work.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { awaitGone, awaitUsable } from './await-object.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { claimOf, problemOfClaim, takenWarning, type Claim, type SetRecord } from './claim-of.ts';
import { existingObject, recordOfSet } from './existing-object.ts';
import { otherManagers } from './field-managers.ts';
import type { LiveObject } from './live-object.ts';
import { patchObject, type Patched } from './patch-object.ts';
import type { Problem } from './problem-of.ts';
import { createdAnnotation, sentObject } from './sent-object.ts';
import { whyApply } from './why-apply.ts';
import { holdsOthers } from './why-kept.ts';

/** An object of a deploy whose kind the cluster knows. */
export interface PlacedObject {
  readonly object: KubernetesObject;
  readonly digest: string;
  readonly resource: ApiResource;
  readonly name: string;
  readonly namespace: string | undefined;
  /** The name is new, so no such object exists. */
  readonly isGenerated: boolean;
  /** The member of the set that the cluster has. */
  readonly live: LiveObject | undefined;
}

export interface ApplyOptions {
  readonly setId: string;
  /** Takes fields over from other managers and objects from other sets, and creates objects again whose fields cannot change. */
  readonly force: boolean;
  readonly output: Pick<Output, 'observe'>;
}

export type ObjectResult =
  | { readonly change: Exclude<ObjectChange, 'removed'>; readonly reason?: string; readonly uid: string | undefined }
  | { readonly problem: Problem };

/** To create these again would lose what they hold. */
const keepers: ReadonlySet<string> = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'PersistentVolume',
  'PersistentVolumeClaim',
]);

/** Applies one object if the cluster does not have it as its manifest says. Throws errors that concern all objects. */
export async function applyObject(
  access: ClusterAccess,
  placed: PlacedObject,
  options: ApplyOptions,
): Promise<ObjectResult> {
  const { resource, name, namespace, live, digest } = placed;
  const found = live === undefined && !placed.isGenerated ? await existingObject(access, resource, placed) : undefined;
  const there = live ?? found;
  const owner = there && (await ownerOf(access, there, live !== undefined, options));
  if (owner !== undefined && 'problem' in owner) return owner;
  // Whether this set created a namespace or a definition, or is about to.
  let isCreatedBySet =
    holdsOthers({ resource }) &&
    (there === undefined || live?.metadata.annotations?.[createdAnnotation] === options.setId);
  const marks = { setId: options.setId, digest, name, namespace };
  let body = sentObject(placed.object, { ...marks, isCreatedBySet });
  const reason = whyApply(digest, body, live?.metadata);
  if (reason === undefined) return { change: 'unchanged', uid: live?.metadata.uid };

  const path = objectPath(resource, name, namespace);
  const patch = async () => await patchObject(access, path, body, options.force);
  const leave = async (uid?: string) => {
    const problem = await awaitGone(access, resource, { name, namespace, uid }, options.output);
    isCreatedBySet = holdsOthers({ resource });
    body = sentObject(placed.object, { ...marks, isCreatedBySet });
    return problem;
  };
  if (live?.metadata.deletionTimestamp !== undefined) {
    const problem = await leave(live.metadata.uid);
    if (problem !== undefined) return { problem };
  }
  let patched = await patch();
  let again: string | undefined;
  if ('problem' in patched && patched.problem.cause === 'immutable' && options.force && !keepers.has(resource.kind)) {
    again = `it was created again, because ${patched.problem.lines?.join('; ') ?? 'it cannot be changed'}`;
    const problem = (await deleteOne(access, path)) ?? (await leave());
    if (problem !== undefined) return { problem };
    patched = await patch();
  }
  // An object that was being deleted accepts changes, and then is gone.
  if ('object' in patched && patched.object.metadata.deletionTimestamp !== undefined) {
    const problem = await leave(patched.object.metadata.uid);
    if (problem !== undefined) return { problem };
    patched = await patch();
  }
  // Somebody created it after the look.
  if (isCreatedBySet && there === undefined && !('problem' in patched) && isOfOthers(patched)) {
    body = sentObject(placed.object, marks);
    patched = await patch();
  }
  if ('problem' in patched) return patched;
  if (found !== undefined && owner !== undefined && !patched.isNew)
    options.output.observe({
      ...{ type: 'noted', level: holdsOthers(found) ? 'info' : 'warning' },
      message: takenWarning(found, owner.claim, owner.set),
    });
  const problem = await awaitUsable(access, resource, patched.object);
  return problem === undefined ? resultOf(patched, reason, live, again) : { problem };
}

function resultOf(
  { isNew, object: { metadata } }: Exclude<Patched, { readonly problem: Problem }>,
  reason: string,
  live: LiveObject | undefined,
  again: string | undefined,
): ObjectResult {
  const { uid } = metadata;
  if (again !== undefined) return { change: 'changed', reason: again, uid };
  if (isNew)
    return {
      change: 'created',
      reason: live?.metadata.deletionTimestamp === undefined ? 'it did not exist' : reason,
      uid,
    };
  if (live === undefined) return { change: 'changed', reason: 'it existed, but not as a part of this deploy', uid };
  // The cluster found nothing to change.
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion === live.metadata.resourceVersion)
    return { change: 'unchanged', uid };
  return { change: 'changed', reason, uid };
}

/** What an existing object is, and the record of the set that it names. Or why it may not be applied. */
async function ownerOf(
  access: ClusterAccess,
  { metadata }: LiveObject,
  isMember: boolean,
  { setId, force }: ApplyOptions,
): Promise<{ readonly claim: Claim; readonly set: SetRecord } | { readonly problem: Problem }> {
  const claim = claimOf(metadata, setId);
  // The annotations of Helm stay on an object that was taken over.
  if (isMember && claim.as !== 'record') return { claim, set: 'none' };
  const set = 'setId' in claim ? await recordOfSet(access, claim.setId, metadata.namespace) : 'none';
  const problem = problemOfClaim(claim, force, set);
  return problem === undefined ? { claim, set } : { problem };
}

/** A response may have been lost, so that an object of ours is not new either. */
function isOfOthers({ isNew, object: { metadata } }: Exclude<Patched, { readonly problem: Problem }>): boolean {
  return !isNew && otherManagers(metadata).length > 0;
}

async function deleteOne({ client, clock, signal }: ClusterAccess, path: string): Promise<Problem | undefined> {
  return await retryTransient(clock, signal, async () => {
    try {
      await client.json('DELETE', path, { body: { propagationPolicy: 'Foreground' }, signal });
    } catch (error) {
      if (hasStatus(error, 403)) return { detail: error.said, cause: 'forbidden' } as const;
      if (!hasStatus(error, 404)) throw error;
    }
    return undefined;
  });
}
