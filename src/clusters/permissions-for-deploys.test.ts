import { expect, test } from 'vitest';
import { deployRules } from './permissions-for-deploys.ts';

test('a role has the objects and the record, a cluster role what belongs to no namespace', () => {
  expect(
    deployRules([
      { group: 'apps', resource: 'deployments', isNamespaced: true },
      { group: 'apps', resource: 'deployments', isNamespaced: true },
      { group: '', resource: 'namespaces', isNamespaced: false },
    ]),
  ).toEqual({
    role: [
      '- {apiGroups: [""], resources: [configmaps], verbs: [get, create, update, delete]}',
      '- {apiGroups: ["apps"], resources: [deployments], verbs: [list, watch, create, patch, delete]}',
    ],
    clusterRole: ['- {apiGroups: [""], resources: [namespaces], verbs: [get, list, watch, create, patch, delete]}'],
  });
});

test('a deploy without objects only needs its record', () => {
  expect(deployRules([])).toEqual({
    role: ['- {apiGroups: [""], resources: [configmaps], verbs: [get, create, update, delete]}'],
    clusterRole: [],
  });
});
