import { describe, expect, it } from 'vitest';
import type { RunId } from '../model/ids.ts';
import type { RunStatus } from '../model/status.ts';
import { isRepositoryNamed, refsNamed, selectRuns, type RunPage } from './run-query.ts';
import type { RunQuery, RunSummary } from './store.ts';

const run = (id: string, status: RunStatus): RunSummary => ({
  id: id as RunId,
  number: 1,
  project: 'p',
  name: '',
  status,
  createdAt: 0,
  steps: {},
});

/** Newest first, read in pages of two. */
const all = [run('f', 'failed'), run('e', 'succeeded'), run('d', 'failed'), run('c', 'succeeded'), run('b', 'failed')];

async function select(query: RunQuery): Promise<{ ids: string; pages: number }> {
  let pages = 0;
  const readPage = async (before: RunId | undefined): Promise<RunPage> => {
    pages += 1;
    const page = all.filter(({ id }) => before === undefined || id < before).slice(0, 2);
    return { runs: page, last: page.at(-1)?.id };
  };
  return { ids: (await selectRuns(query, readPage)).map(({ id }) => id as string).join(''), pages };
}

describe('a query of runs', () => {
  it.each<[RunQuery, string, number]>([
    [{}, 'fedcb', 4],
    [{ limit: 3 }, 'fed', 2],
    [{ limit: 2 }, 'fe', 1],
    [{ limit: 0 }, '', 0],
    [{ limit: 9 }, 'fedcb', 4],
    [{ before: 'd' as RunId }, 'cb', 2],
    [{ statuses: ['failed'] }, 'fdb', 4],
    [{ statuses: ['failed'], limit: 1 }, 'f', 1],
    [{ statuses: ['failed'], limit: 2 }, 'fd', 2],
    [{ statuses: ['cancelled'] }, '', 4],
    [{ statuses: ['succeeded'], before: 'e' as RunId }, 'c', 3],
  ])('%j: %s', async (query, ids, pages) => {
    expect(await select(query)).toEqual({ ids, pages });
  });
});

it.each<[string, string, boolean]>([
  ['git@host:team/shop.git', 'git@host:team/shop.git', true],
  ['git@host:team/shop.git', 'git@host:team/shop', true],
  ['https://host/team/shop', 'https://host/team/shop.git', true],
  ['https://host/team/shop/', 'team/shop', true],
  ['git@host:team/shop.git', 'shop', true],
  ['git@host:shop.git', 'shop', true],
  ['git@host:team/shop.git', 'hop', false],
  ['git@host:team/shop.git', 'team', false],
  ['git@host:team/shop.git', '', false],
  ['git@host:team/shop.git', '.git', false],
  ['git@host:team/Shop.git', 'shop', false],
])('the repository %s is named by %j: %s', (url, name, named) => {
  expect(isRepositoryNamed(url, name)).toBe(named);
});

it('a ref is named by itself, and a branch or tag by its name', () => {
  expect(refsNamed('v1')).toEqual(['v1', 'refs/heads/v1', 'refs/tags/v1']);
});
