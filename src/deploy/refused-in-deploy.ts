import { permissionsForDeploys } from '../clusters/permissions-for-deploys.ts';
import type { Permission } from '../clusters/permissions.ts';
import { refusedPermission, type RefusedRequest } from '../clusters/refused-permission.ts';

/**
 * Returns what a refusal by RBAC says, as `refusedPermission` does. The rule has every verb that a deploy needs for the resource, so
 * that one correction is enough.
 */
export function refusedInDeploy(said: string): string | undefined {
  return refusedPermission(said, neededRule);
}

/** What a status check reads. Most deploys have no such objects. */
const onlyRead: ReadonlySet<string> = new Set(['pods.', 'events.', 'replicasets.apps']);

function neededRule({ permission, namespace }: RefusedRequest): readonly Permission[] {
  const { verb, group, resource, subresource } = permission;
  if (subresource !== undefined) return [permission];
  const reads = ['list', 'watch'];
  if (onlyRead.has(`${resource}.${group}`) && reads.includes(verb))
    return reads.map((each) => ({ ...permission, verb: each }));
  const { inNamespaces, inCluster } = permissionsForDeploys([
    { group, resource, isNamespaced: namespace !== undefined },
  ]);
  const ofResource = [...inNamespaces, ...inCluster].filter(
    (each) => each.group === group && each.resource === resource,
  );
  return ofResource.some((each) => each.verb === verb) ? ofResource : [permission];
}
