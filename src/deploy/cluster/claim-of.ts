import { shownObject } from '../kubernetes-object.ts';
import { idLabel, memberLabel } from './apply-set.ts';
import { otherManagers } from './field-managers.ts';
import type { LiveMetadata, LiveObject } from './live-object.ts';
import type { Problem } from './problem-of.ts';
import { holdsOthers } from './why-kept.ts';

/** What an existing object is, or whose. */
export type Claim =
  /** The record of an ApplySet, of Slipway or of another tool. */
  | { readonly as: 'record'; readonly setId: string }
  /** A member of another ApplySet. */
  | { readonly as: 'member'; readonly setId: string }
  /** A part of a Helm release. */
  | { readonly as: 'release'; readonly name: string; readonly namespace: string }
  /** Nobody says that it is theirs. */
  | { readonly as: 'unclaimed' };

/** The annotations of objects of a Helm release (helm.sh, "helm install"). */
export const releaseName = 'meta.helm.sh/release-name';
export const releaseNamespace = 'meta.helm.sh/release-namespace';

/** Returns what an object is that exists and that this set has not applied. */
export function claimOf({ labels = {}, annotations = {} }: LiveMetadata, setId: string): Claim {
  const record = labels[idLabel];
  if (record !== undefined) return { as: 'record', setId: record };
  const member = labels[memberLabel];
  if (member !== undefined && member !== setId) return { as: 'member', setId: member };
  const release = annotations[releaseName];
  if (release !== undefined) return { as: 'release', name: release, namespace: annotations[releaseNamespace] ?? '' };
  return { as: 'unclaimed' };
}

/** The record of a set. `none`: no record has the id of the set. `unknown`: Slipway may not look for it. */
export type SetRecord =
  { readonly name: string; readonly namespace: string; readonly record: string } | 'none' | 'unknown';

/**
 * Returns why an object may not be applied to this claim. Returns `undefined` if it may.
 * @param set the record of the set that the claim names
 */
export function problemOfClaim(claim: Claim, force: boolean, set: SetRecord): Problem | undefined {
  if (claim.as === 'unclaimed') return undefined;
  if (claim.as === 'record') {
    const whose = typeof set === 'string' ? claim.setId : `"${set.name}"`;
    const detail = `it is the record of the ApplySet ${whose}, which would be lost: give the object in the manifests another name`;
    return { detail, cause: 'other-owner' };
  }
  if (force) return undefined;
  const here = 'remove it from these manifests';
  if (claim.as === 'release')
    return {
      detail: `it belongs to ${shownClaim(claim, set)}: ${here}, or remove it from the chart; --force takes it over`,
      cause: 'other-owner',
    };
  const move =
    typeof set === 'string'
      ? '--force takes it over'
      : `to move it here, deploy with --force first, and then remove it from the manifests of "${set.name}"`;
  return { detail: `it belongs to ${shownClaim(claim, set)}: ${here}; ${move}`, cause: 'other-owner' };
}

/** Returns the warning about an object that existed and that a deploy took over. */
export function takenWarning(object: LiveObject, claim: Claim, set: SetRecord): string {
  const { resource, metadata } = object;
  const where = metadata.namespace === undefined ? '' : ` in namespace ${metadata.namespace}`;
  const shown = `${shownObject({ ...resource, name: metadata.name })}${where}`;
  const managers = otherManagers(metadata);
  const by = managers.length === 0 ? '' : ` (its fields were set by ${managers.join(', ')})`;
  const was = claim.as === 'unclaimed' ? 'existed and was in no deploy' : `belonged to ${shownClaim(claim, set)}`;
  const then = holdsOthers(object)
    ? '`slipway delete` will keep it'
    : 'it is a part of this deploy now, and `slipway delete` will remove it';
  return `${shown} ${was}${by}: ${then}`;
}

function shownClaim(claim: Exclude<Claim, { readonly as: 'unclaimed' }>, set: SetRecord): string {
  if (claim.as === 'release')
    return `the Helm release "${claim.name}"${claim.namespace === '' ? '' : ` in namespace ${claim.namespace}`}`;
  if (set === 'none') return `an ApplySet that has no record any more (${claim.setId})`;
  if (set === 'unknown') return `the ApplySet ${claim.setId}, whose record Slipway may not see`;
  return `the ApplySet "${set.name}" in namespace ${set.namespace} (its record is ${set.record})`;
}
