import { expect, test } from 'vitest';
import { idLabel, memberLabel } from './apply-set.ts';
import { claimOf, problemOfClaim, takenWarning, type Claim, type SetRecord } from './claim-of.ts';
import type { LiveMetadata, LiveObject } from './live-object.ts';

const helm = { annotations: { 'meta.helm.sh/release-name': 'r', 'meta.helm.sh/release-namespace': 'm' } };
const owner: SetRecord = { name: 'shop', namespace: 'm', record: 'configmap/slipway-shop' };

test.each<readonly [string, Partial<LiveMetadata>, Claim]>([
  ['of nobody', { labels: { app: 'x' } }, { as: 'unclaimed' }],
  ['with the label of this set, which did not apply it', { labels: { [memberLabel]: 'id' } }, { as: 'unclaimed' }],
  ['of another set', { labels: { [memberLabel]: 'b' } }, { as: 'member', setId: 'b' }],
  ['of a release', helm, { as: 'release', name: 'r', namespace: 'm' }],
  ['of another set and of a release', { ...helm, labels: { [memberLabel]: 'b' } }, { as: 'member', setId: 'b' }],
  ['that is a record', { labels: { [idLabel]: 'b' } }, { as: 'record', setId: 'b' }],
  ['that is a record and a member', { labels: { [idLabel]: 'b', [memberLabel]: 'id' } }, { as: 'record', setId: 'b' }],
])('an object %s', (_, metadata, expected) => {
  expect(claimOf({ name: 'a', ...metadata }, 'id')).toEqual(expected);
});

const here = 'remove it from these manifests';
const member: Claim = { as: 'member', setId: 'b' };
const record: Claim = { as: 'record', setId: 'b' };
const release: Claim = { as: 'release', name: 'r', namespace: 'm' };

test.each<readonly [string, Claim, SetRecord, string | undefined, boolean]>([
  ['nobody', { as: 'unclaimed' }, 'none', undefined, true],
  [
    'a set',
    member,
    owner,
    `it belongs to the ApplySet "shop" in namespace m (its record is configmap/slipway-shop): ${here}; to move it here, deploy with --force first, and then remove it from the manifests of "shop"`,
    true,
  ],
  [
    'a set that is gone',
    member,
    'none',
    `it belongs to an ApplySet that has no record any more (b): ${here}; --force takes it over`,
    true,
  ],
  [
    'a set that cannot be seen',
    member,
    'unknown',
    `it belongs to the ApplySet b, whose record Slipway may not see: ${here}; --force takes it over`,
    true,
  ],
  [
    'a release',
    release,
    'none',
    `it belongs to the Helm release "r" in namespace m: ${here}, or remove it from the chart; --force takes it over`,
    true,
  ],
  [
    'a record',
    record,
    owner,
    'it is the record of the ApplySet "shop", which would be lost: give the object in the manifests another name',
    false,
  ],
])('an object of %s', (_, claim, set, detail, yields) => {
  expect(problemOfClaim(claim, false, set)).toEqual(
    detail === undefined ? undefined : { detail, cause: 'other-owner' },
  );
  expect(problemOfClaim(claim, true, set) === undefined).toBe(yields);
});

test('the warning names the object, its owner and who set its fields', () => {
  const taken = (kind: string, namespace?: string): LiveObject => ({
    resource: { apiVersion: 'v1', kind, plural: 'x', isNamespaced: namespace !== undefined },
    metadata: { name: 'a', ...(namespace && { namespace }), managedFields: [{ manager: 'kubectl-create' }] },
  });
  expect(takenWarning(taken('ConfigMap', 'n'), { as: 'unclaimed' }, 'none')).toBe(
    'configmap/a in namespace n existed and was in no deploy (its fields were set by kubectl-create): it is a part of this deploy now, and `slipway delete` will remove it',
  );
  expect(takenWarning(taken('Namespace'), release, 'none')).toBe(
    'namespace/a belonged to the Helm release "r" in namespace m (its fields were set by kubectl-create): `slipway delete` will keep it',
  );
});
