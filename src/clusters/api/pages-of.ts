import type { Clock } from '../../model/clock.ts';
import type { ClusterClient } from './cluster-client.ts';
import { retryTransient } from './retry.ts';
import { nameSelectorOf } from './selectors.ts';

/** One page of a list (kubernetes.io, "Retrieving large results sets in chunks"). */
export interface Page {
  /** `continue`: absent or empty on the last page. */
  readonly metadata?: { readonly continue?: string };
}

export interface Asker {
  readonly client: Pick<ClusterClient, 'json'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The number of objects in one page. */
export const pageSize = 500;

/**
 * Yields all pages of a list.
 * @param ask returns the page that a token leads to. Without one: the first page
 */
export async function* pagesOf<P extends Page>(
  ask: (token: string | undefined) => Promise<P>,
): AsyncGenerator<P, void, undefined> {
  for (let token: string | undefined; token !== '';) {
    const page = await ask(token);
    yield page;
    token = page.metadata?.continue ?? '';
  }
}

/** Returns all objects at a path. Retries. Throws the client's errors. */
export async function allObjects<T>({ client, clock, signal }: Asker, path: string): Promise<readonly T[]> {
  const found: T[] = [];
  const pages = pagesOf(
    async (token) =>
      await retryTransient(clock, signal, async () => {
        const query = { limit: pageSize, continue: token };
        return await client.json<Page & { readonly items: readonly T[] }>('GET', path, { query, signal });
      }),
  );
  for await (const { items } of pages) found.push(...items);
  return found;
}

/**
 * Returns the object with this name at a path of objects; `undefined` if there is none. Lists, because deploys need
 * `list` of their kinds for other things, but not `get`. Retries. Throws the client's errors.
 */
export async function namedObject<T>(
  { client, clock, signal }: Asker,
  path: string,
  name: string,
): Promise<T | undefined> {
  const query = { fieldSelector: nameSelectorOf(name) };
  const list = await retryTransient(
    clock,
    signal,
    async () => await client.json<{ readonly items: readonly T[] }>('GET', path, { query, signal }),
  );
  return list.items[0];
}
