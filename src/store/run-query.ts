import type { RunQuery, RunSummary } from './store.ts';

/**
 * Reads pages of runs, newest first, until enough of them are as the query wants; statuses are known only when a run was looked at.
 * @param readPage runs older than the id, at most a page; empty at the end
 */
export async function selectRuns(query: RunQuery, readPage: (before: string | undefined) => Promise<readonly RunSummary[]>): Promise<readonly RunSummary[]> {
  const limit = query.limit ?? Infinity;
  const selected: RunSummary[] = [];
  let before: string | undefined = query.before;
  while (selected.length < limit) {
    const page = await readPage(before);
    const last = page.at(-1);
    if (last === undefined) break;
    before = last.id;
    selected.push(...page.filter(({ status }) => query.status === undefined || status === query.status));
  }
  return selected.slice(0, limit);
}
