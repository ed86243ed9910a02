import { expect, test } from 'vitest';
import { rulesOf, runPermissions, secretPermission } from './permissions.ts';

test('each rule is for one resource and at most one name', () => {
  const [first, second] = runPermissions;
  expect(rulesOf([first!, second!, secretPermission('a'), secretPermission('b')])).toEqual([
    '- {apiGroups: [""], resources: [pods], verbs: [create, get]}',
    '- {apiGroups: [""], resources: [secrets], resourceNames: [a], verbs: [get]}',
    '- {apiGroups: [""], resources: [secrets], resourceNames: [b], verbs: [get]}',
  ]);
});

test('no rule is for the whole cluster, and Secrets are only accessed by name', () => {
  expect(runPermissions.map(({ resource }) => resource)).not.toContain('secrets');
  expect(runPermissions.map(({ resource }) => resource)).not.toContain('namespaces');
});
