import { answerOf, type Answer } from '../../clusters/api/answer-of.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { collectionPath, type ApiResource } from '../../clusters/api/api-resource.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { LiveMetadata, LiveObject } from './live-object.ts';

/** Which objects of a resource. Absent fields select all. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

type Asker = Pick<ClusterAccess, 'client' | 'clock' | 'signal'>;

interface MetadataList {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly { readonly metadata: LiveMetadata }[];
}

/** Lists of objects without their content: an object has up to 1.5 MiB. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const pageSize = 500;

/** Returns the objects of a resource without their content. A resource that is gone has none. Throws the client's errors. */
export async function listObjects(
  asker: Asker,
  resource: ApiResource,
  selection: Selection,
): Promise<readonly LiveObject[]> {
  const found: LiveObject[] = [];
  for (let page: string | undefined; page !== '';) {
    const list = await retryTransient(
      asker.clock,
      asker.signal,
      async () => await pageOf(asker, resource, selection, page),
    );
    found.push(...objectsOf(list, resource));
    page = list.metadata?.continue ?? '';
  }
  return found;
}

/** As `listObjects`. A cluster that refuses to list them is an answer. Throws errors that concern all requests. */
export async function askForObjects(
  asker: Asker,
  resource: ApiResource,
  selection: Selection,
): Promise<Answer<readonly LiveObject[]>> {
  const found: LiveObject[] = [];
  for (let page: string | undefined; page !== '';) {
    const answer = await answerOf(
      asker.clock,
      asker.signal,
      async () => await pageOf(asker, resource, selection, page),
    );
    if ('refusal' in answer) return answer;
    found.push(...objectsOf(answer.value, resource));
    page = answer.value.metadata?.continue ?? '';
  }
  return { value: found };
}

async function pageOf(
  { client, signal }: Asker,
  resource: ApiResource,
  { namespace, ...selectors }: Selection,
  page: string | undefined,
): Promise<MetadataList> {
  const query = { ...selectors, limit: pageSize, continue: page };
  try {
    return await client.json<MetadataList>('GET', collectionPath(resource, namespace), {
      query,
      accept: metadataOnly,
      signal,
    });
  } catch (error) {
    if (hasStatus(error, 404)) return {};
    throw error;
  }
}

function objectsOf({ items }: MetadataList, resource: ApiResource): readonly LiveObject[] {
  return (items ?? []).map(({ metadata }) => ({ resource, metadata }));
}
