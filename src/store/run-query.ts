import type { RunId } from '../model/ids.ts';
import type { RunQuery, RunSummary } from './store.ts';

export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly last: RunId | undefined;
}

/**
 * Reads pages of runs, newest first, until enough of them are as the query wants; statuses are known only when a run
 * was looked at.
 * @param readPage runs older than the id, at most a page, and the last that was looked at: none at the end
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
