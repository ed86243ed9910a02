/** What marks the objects of a deploy in a cluster. */
import { releaseName, releaseNamespace } from '../cluster/claim-of.ts';
import { applySetId, memberLabel, parentName } from '../cluster/apply-set.ts';
import { wasAppliedHere } from '../cluster/field-managers.ts';
import type { OwnerMetadata } from '../owner-walk.ts';

/**
 * Returns what reports whether an object is of a set that Slipway applied. The label alone is no proof: others copy labels
 * to objects of their own.
 */
export function isOfSet(setName: string, namespace: string): (metadata: OwnerMetadata) => boolean {
  const id = applySetId(parentName(setName), namespace);
  return (metadata) => metadata.labels?.[memberLabel] === id && wasAppliedHere(metadata);
}

export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** Returns what reports whether Helm says of an object that it is of one of these releases (helm.sh, "helm install"). */
export function isOfRelease(releases: readonly ReleaseName[]): (metadata: OwnerMetadata) => boolean {
  return ({ annotations = {} }) =>
    releases.some(
      ({ name, namespace }) => annotations[releaseName] === name && annotations[releaseNamespace] === namespace,
    );
}
