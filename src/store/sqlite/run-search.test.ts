import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import { indexSchema } from './index-schema.ts';
import type { RunFilter } from './run-search.ts';
import { pageQueries } from './run-search.ts';

const many = { statuses: ['succeeded', 'interrupted'] } as const;
const before = { id: '01', number: 7 };

describe('a search for a page of runs', () => {
  let folder: string;
  let database: Database.Database;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-search-'));
    const path = join(folder, 'index.db');
    (await Connection.open(path, indexSchema)).close();
    database = new Database(path);
  });

  afterAll(async () => {
    database.close();
    await rm(folder, { recursive: true, force: true });
  });

  function plansOf(filter: RunFilter): readonly string[] {
    return pageQueries(filter, before, 20).flatMap(({ sql, values }) =>
      (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(values) as { detail: string }[]).map(({ detail }) => detail),
    );
  }

  // Anything else would read or sort runs in proportion to their number.
  it.each<[RunFilter, string]>([
    [{}, 'SEARCH runs USING PRIMARY KEY (id<?)'],
    [{ project: 'p' }, 'SEARCH runs USING COVERING INDEX runs_by_number (project=? AND number<?)'],
    [many, 'runs_by_status (status=? AND id<?)'],
    [{ ...many, project: 'p' }, 'runs_by_project_status (project=? AND status=? AND number<?)'],
    [{ refs: ['r'] }, 'runs_by_ref (ref=? AND status=? AND id<?)'],
    [{ ...many, refs: ['r', 's'] }, 'runs_by_ref (ref=? AND status=? AND id<?)'],
    [{ refs: ['r'], project: 'p' }, 'runs_by_project_ref (project=? AND ref=? AND status=? AND number<?)'],
    [{ repositories: ['u', 'v'] }, 'runs_by_repository (repository=? AND status=? AND id<?)'],
    [
      { repositories: ['u'], project: 'p' },
      'runs_by_project_repository (project=? AND repository=? AND status=? AND number<?)',
    ],
    [{ commits: ['c', 'd'] }, 'runs_by_commit (commit_hash=? AND id<?)'],
    [{ ...many, commits: ['c'], refs: ['r'] }, 'runs_by_commit (commit_hash=? AND id<?)'],
    [{ commits: ['c'], project: 'p' }, 'runs_by_project_commit (project=? AND commit_hash=? AND number<?)'],
  ])('%j reads ranges of one index in their order', (filter, plan) => {
    const plans = plansOf(filter);
    expect(plans).toEqual(plans.map(() => expect.stringMatching(/^SEARCH runs USING /) as string));
    expect(plans).toEqual(plans.map(() => expect.stringContaining(plan) as string));
  });

  it.each<[RunFilter, number]>([
    [{ commits: [] }, 0],
    [{ repositories: [] }, 0],
    [{ refs: ['r', 's'] }, 12],
    [{ statuses: ['queued'] }, 2],
    [{ statuses: ['failed'] }, 3],
    [{ statuses: ['interrupted', 'failed'] }, 3],
  ])('%j needs %d ranges', (filter, count) => {
    expect(pageQueries(filter, undefined, 20)).toHaveLength(count);
  });
});
