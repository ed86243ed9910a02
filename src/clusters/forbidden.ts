import type { Failure } from '../model/outcome.ts';
import { rulesOf } from './permissions.ts';

/** Returns the failure for an RBAC refusal; `undefined` if the message is none. */
export function forbiddenFailure(said: string): Failure | undefined {
  const denied =
    /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/.exec(
      said,
    );
  if (!denied) return undefined;
  const [, user, verb, resource, group, namespace] = denied;
  if (user === 'system:anonymous')
    return {
      code: 'forbidden',
      detail: 'the cluster treats the credentials of the kubeconfig as anonymous',
    };
  const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  return {
    code: 'forbidden',
    detail: `${user} may not ${verb} ${resource} ${where}; missing rule:\n${ruleOf(group ?? '', resource ?? '', verb ?? '')}`,
  };
}

/** Returns a line of a Role's `rules`. */
function ruleOf(group: string, whole: string, verb: string): string {
  const [resource = '', subresource] = whole.split('/');
  return rulesOf([
    { verb, group, resource, ...(subresource !== undefined && { subresource }), needed: 'always', why: '' },
  ]).join('\n');
}
