import { hasStatus } from '../../clusters/api/api-error.ts';
import { collectionPath, type ApiResource } from '../../clusters/api/api-resource.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import { idLabel, memberLabel, setNameAnnotation } from './apply-set.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { LiveMetadata } from './live-object.ts';
import type { Problem } from './problem-of.ts';

interface Listed {
  readonly items?: readonly { readonly metadata: LiveMetadata }[];
}

/** Lists of objects without their content. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/**
 * Returns the problem of an object that exists as a member of another ApplySet (KEP-3659: an object has one set, and
 * another set must not take it over by itself). An object without a set may be adopted. Lists, so that deploys need no
 * permission to get objects. Throws the client's errors.
 */
export async function foreignMember(
  access: ClusterAccess,
  resource: ApiResource,
  { name, namespace, setId }: { readonly name: string; readonly namespace: string | undefined; readonly setId: string },
): Promise<Problem | undefined> {
  const [found] = await listed(access, collectionPath(resource, namespace), {
    fieldSelector: `metadata.name=${name}`,
    labelSelector: `${memberLabel},${memberLabel}!=${setId}`,
  });
  const id = found?.metadata.labels?.[memberLabel];
  if (id === undefined) return undefined;
  const set = await nameOfSet(access, id, namespace);
  const shown = set === undefined ? id : `"${set}" (${id})`;
  return {
    detail: `it belongs to the ApplySet ${shown}: remove it from one of the two, or deploy with --force to take it over`,
    cause: 'conflict',
  };
}

/** The parent of a set is not always in the same namespace, and not always a ConfigMap that may be read. */
async function nameOfSet(access: ClusterAccess, id: string, namespace = ''): Promise<string | undefined> {
  if (namespace === '' || !/^[\w.-]+$/.test(id)) return undefined;
  const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', isNamespaced: true };
  try {
    const query = { labelSelector: `${idLabel}=${id}` };
    const [parent] = await listed(access, collectionPath(configMaps, namespace), query);
    return parent?.metadata.annotations?.[setNameAnnotation] ?? parent?.metadata.name;
  } catch (error) {
    if (hasStatus(error, 403)) return undefined;
    throw error;
  }
}

async function listed(
  { client, clock, signal }: ClusterAccess,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<NonNullable<Listed['items']>> {
  return await retryTransient(clock, signal, async () => {
    try {
      return (await client.json<Listed>('GET', path, { query, accept: metadataOnly, signal })).items ?? [];
    } catch (error) {
      // A kind that the deploy has just defined may not be served yet.
      if (hasStatus(error, 404)) return [];
      throw error;
    }
  });
}
