/** What marks the objects of a deploy in a cluster. */
import { releaseName, releaseNamespace } from '../cluster/claim-of.ts';
import { applySetId, memberLabel, parentName } from '../cluster/apply-set.ts';
import type { OwnerMetadata } from './pod-owners.ts';

/** Returns what reports whether an object is of a set that Slipway applied. */
export function isOfSet(setName: string, namespace: string): (metadata: OwnerMetadata) => boolean {
  const id = applySetId(parentName(setName), namespace);
  return ({ labels }) => labels?.[memberLabel] === id;
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
