import { answerOf, type Answer } from '../../clusters/api/answer-of.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { collectionPath, type ApiResource } from '../../clusters/api/api-resource.ts';
import { type Asker, pageSize, pagesOf, type Page } from '../../clusters/api/pages-of.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import type { LiveMetadata, LiveObject } from './live-object.ts';

/** Which objects of a resource. Absent fields select all. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

interface MetadataList extends Page {
  readonly items?: readonly { readonly metadata: LiveMetadata }[];
}

/** Lists of objects without their content: an object has up to 1.5 MiB. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Returns the objects of a resource without their content. A resource that is gone has none. Throws the client's errors. */
export async function listObjects(
  asker: Asker,
  resource: ApiResource,
  selection: Selection,
): Promise<readonly LiveObject[]> {
  const found: LiveObject[] = [];
  const { clock, signal } = asker;
  const ask = async (token?: string) =>
    await retryTransient(clock, signal, async () => await pageOf(asker, resource, selection, token));
  for await (const list of pagesOf(ask)) found.push(...objectsOf(list, resource));
  return found;
}

/** As `listObjects`. A cluster that refuses to list them is an answer. Throws errors that concern all requests. */
export async function askForObjects(
  asker: Asker,
  resource: ApiResource,
  selection: Selection,
): Promise<Answer<readonly LiveObject[]>> {
  const found: LiveObject[] = [];
  const { clock, signal } = asker;
  const ask = async (token?: string) => {
    const answer = await answerOf(clock, signal, async () => await pageOf(asker, resource, selection, token));
    return { answer, ...('value' in answer && answer.value.metadata && { metadata: answer.value.metadata }) };
  };
  for await (const { answer } of pagesOf(ask)) {
    if ('refusal' in answer) return answer;
    found.push(...objectsOf(answer.value, resource));
  }
  return { value: found };
}

async function pageOf(
  { client, signal }: Asker,
  resource: ApiResource,
  { namespace, ...selectors }: Selection,
  token: string | undefined,
): Promise<MetadataList> {
  const query = { ...selectors, limit: pageSize, continue: token };
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
