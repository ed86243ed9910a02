import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rulesOf } from './permissions.ts';
import { deployRules, usualDeployPermissions, usualResources } from './permissions-for-deploys.ts';

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
    clusterRole: [
      '- {apiGroups: [""], resources: [namespaces], verbs: [list, watch, create, patch, delete]}',
      '- {apiGroups: ["*"], resources: ["*"], verbs: [list]}',
    ],
  });
});

test('what a definition defines is read before it is removed', () => {
  const definitions = { resource: 'customresourcedefinitions', isNamespaced: false, group: 'apiextensions.k8s.io' };
  expect(deployRules([definitions]).clusterRole).toEqual([
    '- {apiGroups: ["apiextensions.k8s.io"], resources: [customresourcedefinitions], verbs: [get, list, watch, create, patch, delete]}',
    '- {apiGroups: ["*"], resources: ["*"], verbs: [list]}',
  ]);
  const role = { ...definitions, group: 'rbac.authorization.k8s.io', resource: 'clusterroles' };
  expect(deployRules([role]).clusterRole).toHaveLength(1);
});

test('a deploy without objects only needs its record', () => {
  expect(deployRules([])).toEqual({
    role: ['- {apiGroups: [""], resources: [configmaps], verbs: [get, create, update, delete]}'],
    clusterRole: [],
  });
});

test('docs/deploys.md has the role of a usual deploy', () => {
  const { role } = deployRules(usualResources);
  const page = readFileSync(new URL('../../docs/deploys.md', import.meta.url), 'utf8');
  for (const rule of role) expect(page).toContain(rule);
});

test('doctor asks for exactly that role', () => {
  const page = readFileSync(new URL('../../docs/deploys.md', import.meta.url), 'utf8');
  const manifest = /kind: Role\nmetadata: \{name: slipway-deploy\}\nrules:\n([^]*?)```/.exec(page)?.[1] ?? '';
  const inPage = [...manifest.matchAll(/apiGroups: \["(.*)"\], resources: \[(.*)\], verbs: \[(.*)\]/g)].flatMap(
    ([, group = '', resources = '', verbs = '']) =>
      resources.split(', ').flatMap((resource) => verbs.split(', ').map((verb) => `${group}/${resource} ${verb}`)),
  );
  const asked = rulesOf(usualDeployPermissions).flatMap((rule) => {
    const [, group = '', resource = '', verbs = ''] =
      /\["(.*)"\], resources: \[(.*)\], verbs: \[(.*)\]/.exec(rule) ?? [];
    return verbs.split(', ').map((verb) => `${group}/${resource} ${verb}`);
  });
  expect(asked.toSorted()).toEqual(inPage.toSorted());
});
