import { expect, test } from 'vitest';
import { rulesOf, runPermissions, secretPermission } from './permissions.ts';

test('rules are of one resource, and of one name, each', () => {
  const [first, second] = runPermissions;
  expect(rulesOf([first!, second!, secretPermission('a'), secretPermission('b')])).toEqual([
    '- {apiGroups: [""], resources: [pods], verbs: [create, get]}',
    '- {apiGroups: [""], resources: [secrets], resourceNames: [a], verbs: [get]}',
    '- {apiGroups: [""], resources: [secrets], resourceNames: [b], verbs: [get]}',
  ]);
});

test('nothing is asked of the whole cluster, and Secrets by name only', () => {
  expect(runPermissions.map(({ resource }) => resource)).not.toContain('secrets');
  expect(runPermissions.map(({ resource }) => resource)).not.toContain('namespaces');
});
