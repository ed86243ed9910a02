import { expect, it } from 'vitest';
import { refusedInDeploy } from './refused-in-deploy.ts';

const said = (verb: string, resource: string, group: string, where = 'in the namespace "n"') =>
  `x is forbidden: User "ci" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
const rule = (group: string, resource: string, verbs: string) =>
  `missing rule:\n- {apiGroups: ["${group}"], resources: [${resource}], verbs: [${verbs}]}`;
const ofObjects = 'list, watch, create, patch, delete';
const cluster = 'at the cluster scope';

it.each<[string, string]>([
  [said('list', 'deployments', 'apps'), rule('apps', 'deployments', ofObjects)],
  [said('patch', 'secrets', ''), rule('', 'secrets', ofObjects)],
  // The record of a deploy is a ConfigMap.
  [said('create', 'configmaps', ''), rule('', 'configmaps', 'get, create, update, delete, list, watch, patch')],
  [said('patch', 'namespaces', '', cluster), rule('', 'namespaces', ofObjects)],
  [
    said('get', 'customresourcedefinitions', 'apiextensions.k8s.io', cluster),
    rule('apiextensions.k8s.io', 'customresourcedefinitions', `get, ${ofObjects}`),
  ],
  [
    said('patch', 'clusterroles', 'rbac.authorization.k8s.io', cluster),
    rule('rbac.authorization.k8s.io', 'clusterroles', ofObjects),
  ],
  // The status check reads these, also if no such object is deployed.
  [said('watch', 'pods', ''), rule('', 'pods', 'list, watch')],
  [said('list', 'replicasets', 'apps'), rule('apps', 'replicasets', 'list, watch')],
  [said('create', 'pods', ''), rule('', 'pods', ofObjects)],
  [said('get', 'pods/log', ''), rule('', 'pods/log', 'get')],
  // Not a verb of deploys: a role that grants more than its creator has.
  [said('escalate', 'roles', 'rbac.authorization.k8s.io'), rule('rbac.authorization.k8s.io', 'roles', 'escalate')],
])('%s', (text, expected) => {
  expect(refusedInDeploy(text)).toContain(expected);
});

it('knows no other refusals', () => {
  expect(refusedInDeploy('denied by a policy')).toBeUndefined();
});
