import type { RunId } from '../model/ids.ts';
import type { RunQuery, RunSummary } from './store.ts';

export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly last: RunId | undefined;
}

/**
 * Reads pages of runs, newest first, until enough runs match the query. Each run must be read to know its status.
 * @param readPage returns at most a page of runs older than the id, and the last run that was checked; none at the end
 */
export async function selectRuns(
  query: RunQuery,
  readPage: (before: RunId | undefined) => Promise<RunPage>,
): Promise<readonly RunSummary[]> {
  const limit = query.limit ?? Infinity;
  const selected: RunSummary[] = [];
  let before = query.before;
  while (selected.length < limit) {
    const { runs, last } = await readPage(before);
    if (last === undefined) break;
    before = last;
    selected.push(...runs.filter(({ status }) => query.status === undefined || status === query.status));
  }
  return selected.slice(0, limit);
}
