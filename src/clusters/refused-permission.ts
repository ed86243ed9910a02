import { rulesOf } from './permissions.ts';

/**
 * Returns what a refusal by RBAC says: who may not do what, and the missing line of a Role's `rules`. Returns
 * `undefined` if the message is none: authorization errors always name a user and a verb.
 */
export function refusedPermission(said: string): string | undefined {
  const denied =
    /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/.exec(
      said,
    );
  if (!denied) return undefined;
  const [, user, verb = '', whole = '', group = '', namespace] = denied;
  if (user === 'system:anonymous') return 'the cluster treats the credentials of the kubeconfig as anonymous';
  const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  const [resource = '', subresource] = whole.split('/');
  const rules = rulesOf([
    { verb, group, resource, ...(subresource !== undefined && { subresource }), needed: 'always', why: '' },
  ]);
  return `${user} may not ${verb} ${whole} ${where}; missing rule:\n${rules.join('\n')}`;
}
