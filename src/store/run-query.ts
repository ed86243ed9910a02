import type { RunId } from '../model/ids.ts';
import type { RunQuery, RunSummary } from './store.ts';

export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly last: RunId | undefined;
}

/**
 * Reads pages of runs, newest first, until enough runs match the query. Each run must be read to know its status.
 * @param readPage returns at most a page of runs older than the id, and the last run that was checked; none at the end.
 * It may leave out runs that do not match
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
    selected.push(...runs.filter((run) => matchesQuery(run, query)));
  }
  return selected.slice(0, limit);
}

/** Reports whether a run has the wanted status and source. */
function matchesQuery({ status, source }: RunSummary, query: RunQuery): boolean {
  return (
    (query.statuses?.includes(status) ?? true) &&
    (query.commit === undefined || source?.commit?.startsWith(query.commit) === true) &&
    (query.ref === undefined || (source?.ref !== undefined && refsNamed(query.ref).includes(source.ref))) &&
    (query.repository === undefined ||
      (source?.repository !== undefined && isRepositoryNamed(source.repository, query.repository)))
  );
}

/** Returns the refs that a name can mean: itself, a branch, a tag. */
export function refsNamed(name: string): readonly string[] {
  return [name, `refs/heads/${name}`, `refs/tags/${name}`];
}

/** Reports whether `name` is a repository's URL or the end of its path. Each may leave out `.git`. */
export function isRepositoryNamed(url: string, name: string): boolean {
  const [whole, end] = [url, name].map((text) => text.replace(/(\.git)?\/*$/, '')) as [string, string];
  return whole === end || (end !== '' && (whole.endsWith(`/${end}`) || whole.endsWith(`:${end}`)));
}
