import { memberLabel } from './apply-set.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { collectionPath, objectPath, type ApiResource } from '../../clusters/api/api-resource.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import type { Clock } from '../../model/clock.ts';

/** One entry of `metadata.managedFields` (kubernetes.io, "Server-Side Apply"). */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: unknown;
}

/** The metadata of an object in the cluster. */
export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generateName?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedFields[];
}

/** An object that is in the cluster. */
export interface LiveObject {
  readonly resource: ApiResource;
  readonly metadata: LiveMetadata;
}

export function pathOf({ resource, metadata }: LiveObject): string {
  return objectPath(resource, metadata.name, metadata.namespace);
}

/** Lists of objects without their content: an object has up to 1.5 MiB. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const pageSize = 500;
const atOnce = 8;

interface MetadataList {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly { readonly metadata: LiveMetadata }[];
}

/**
 * Returns the members of a set of these resources in these namespaces: one request for each pair, and one for each
 * resource that belongs to no namespace. A resource that is gone has no members. Throws the client's errors.
 */
export async function membersOf(
  client: Pick<ClusterClient, 'json'>,
  clock: Clock,
  setId: string,
  resources: readonly ApiResource[],
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<readonly LiveObject[]> {
  const pairs = resources.flatMap((resource) =>
    (resource.isNamespaced ? namespaces : [undefined]).map((namespace) => ({ resource, namespace })),
  );
  const lists = await inParallel(pairs, atOnce, async ({ resource, namespace }) => {
    const found: LiveObject[] = [];
    const path = collectionPath(resource, namespace);
    for (let page: string | undefined; page !== '';) {
      const query = { labelSelector: `${memberLabel}=${setId}`, limit: pageSize, continue: page };
      const list: MetadataList = await retryTransient(
        clock,
        signal,
        async () => await client.json<MetadataList>('GET', path, { query, accept: metadataOnly, signal }),
      ).catch((error: unknown) => {
        if (hasStatus(error, 404)) return {};
        throw error;
      });
      found.push(...(list.items ?? []).map(({ metadata }) => ({ resource, metadata })));
      page = list.metadata?.continue ?? '';
    }
    return found;
  });
  return lists.flat();
}
