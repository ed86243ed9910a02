import { expect, test } from 'vitest';
import { otherManagers, wasAppliedHere } from './field-managers.ts';
import type { ManagedFields } from './live-object.ts';
import { digestAnnotation } from './manifest-digest.ts';

const ours: ManagedFields = { manager: 'slipway', operation: 'Apply' };
const kubectl: ManagedFields = { manager: 'kubectl', operation: 'Update' };
const marked = { annotations: { [digestAnnotation]: 'sha256:0' } };

test.each<readonly [string, object, boolean]>([
  ['was applied here', { managedFields: [kubectl, ours] }, true],
  ['is a copy with our marks', { ...marked, managedFields: [kubectl] }, false],
  ['is a record that Slipway wrote', { managedFields: [{ manager: 'slipway', operation: 'Update' }] }, false],
  ['lost its managed fields', marked, true],
  ['has neither', {}, false],
])('an object that %s', (_, metadata, expected) => {
  expect(wasAppliedHere(metadata)).toBe(expected);
});

test('other managers are named once, without those of the status', () => {
  const status: ManagedFields = { manager: 'kubelet', operation: 'Update', subresource: 'status' };
  const managedFields = [ours, kubectl, { ...kubectl, operation: 'Apply' }, status, { manager: 'argo' }];
  expect(otherManagers({ name: 'a', managedFields })).toEqual(['argo', 'kubectl']);
  expect(otherManagers({ name: 'a' })).toEqual([]);
});
