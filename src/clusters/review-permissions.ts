import type { ClusterClient } from './api/cluster-client.ts';
import { inParallel } from '../util/in-parallel.ts';
import type { Permission } from './permissions.ts';

/** The fields of a `SelfSubjectAccessReview` that are used (k8s.io/api, authorization/v1). */
interface Review {
  readonly status?: { readonly allowed?: boolean; readonly reason?: string };
}

const atOnce = 8;

/**
 * Returns which of these permissions the client lacks in a namespace. Every authenticated user may check its own
 * permissions (kubernetes.io, "Checking API Access"). Throws the client's errors.
 */
export async function missingPermissions(
  client: Pick<ClusterClient, 'json'>,
  namespace: string,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const allowed = await inParallel(
    permissions,
    atOnce,
    async (permission) => await isAllowed(client, namespace, permission, signal),
  );
  return permissions.filter((_, i) => !allowed[i]);
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
