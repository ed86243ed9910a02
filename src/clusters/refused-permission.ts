import type { Failure } from '../model/outcome.ts';
import { rulesOf, type Permission } from './permissions.ts';

/** What RBAC refused. */
export interface RefusedRequest {
  readonly permission: Permission;
  /** Absent: in the whole cluster. */
  readonly namespace?: string;
}

/**
 * Returns what a refusal by RBAC says: who may not do what, and the missing line of a Role's `rules`. Returns
 * `undefined` if the message is none: authorization errors always name a user and a verb.
 * @param needed returns all permissions of the rule, if more than the refused one is known to be needed
 */
export function refusedPermission(
  said: string,
  needed: (refused: RefusedRequest) => readonly Permission[] = ({ permission }) => [permission],
): string | undefined {
  const denied =
    /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/.exec(
      said,
    );
  if (!denied) return undefined;
  const [, user, verb = '', whole = '', group = '', namespace] = denied;
  if (user === 'system:anonymous') return 'the cluster treats the credentials of the kubeconfig as anonymous';
  const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  const [resource = '', subresource] = whole.split('/');
  const base = { verb, group, resource, needed: 'always', why: '' } as const;
  const permission: Permission = { ...base, ...(subresource !== undefined && { subresource }) };
  const rules = rulesOf(needed({ permission, ...(namespace !== undefined && { namespace }) }));
  return `${user} may not ${verb} ${whole} ${where}; missing rule:\n${rules.join('\n')}`;
}

/** Returns the failure for a refusal by RBAC; `undefined` if the message is none. */
export function forbiddenFailure(said: string): Failure | undefined {
  const detail = refusedPermission(said);
  return detail === undefined ? undefined : { code: 'forbidden', detail };
}
