import type { ClusterClient } from './api/cluster-client.ts';
import type { Permission } from './permissions.ts';

/** The part of a `SelfSubjectAccessReview` that is used (k8s.io/api, authorization/v1). */
interface Review {
  readonly status?: { readonly allowed?: boolean; readonly reason?: string };
}

/**
 * Those of these permissions that whoever `client` is logged in as does not have in a namespace. Everybody who is
 * logged in may ask that about himself (kubernetes.io, "Checking API Access"). Throws what the client throws.
 */
export async function missingPermissions(
  client: Pick<ClusterClient, 'json'>,
  namespace: string,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const missing: Permission[] = [];
  for (const permission of permissions)
    if (!(await isAllowed(client, namespace, permission, signal))) missing.push(permission);
  return missing;
}

async function isAllowed(
  client: Pick<ClusterClient, 'json'>,
  namespace: string,
  { verb, group, resource, subresource, name }: Permission,
  signal: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = {
    namespace,
    verb,
    group,
    resource,
    ...(subresource !== undefined && { subresource }),
    ...(name !== undefined && { name }),
  };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const { status } = await client.json<Review>('POST', path, { body, signal, harmless: true });
  return status?.allowed === true;
}
