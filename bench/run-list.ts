/**
 * Measures how long a page of `slipway runs` takes in a state folder of 1,000,000 runs, with each filter, and how long its
 * index takes to migrate from format 1.
 */
import { join } from 'node:path';
import Database from 'libsql';
import { makeRunId } from '../src/model/ids.ts';
import type { RunId } from '../src/model/ids.ts';
import type { RunQuery } from '../src/store/store.ts';
import { indexSchema } from '../src/store/sqlite/index-schema.ts';
import { temporaryFolder } from './rig/folder.ts';
import { inRounds } from './rig/rounds.ts';
import { openBenchStore } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const goalMs = 50;
const project = '/src/p7/.wharf-ci.yml';
const repository = 'git@git.example.org:team/p7.git';

const queries: readonly { readonly name: string; readonly query: RunQuery }[] = [
  { name: 'a project', query: { project } },
  { name: 'all projects', query: {} },
  { name: 'all, --status failed', query: { statuses: ['failed'] } },
  { name: 'all, --status skipped (1 in 10,000)', query: { statuses: ['skipped'] } },
  { name: 'all, --status interrupted (none)', query: { statuses: ['interrupted'] } },
  { name: 'all, --status succeeded,failed', query: { statuses: ['succeeded', 'failed'] } },
  { name: 'a project, --status failed', query: { project, statuses: ['failed'] } },
  { name: 'all, --commit, 4 digits', query: { commit: 'abcd' } },
  { name: 'a project, --commit, 4 digits', query: { project, commit: 'abcd' } },
  { name: 'all, --ref main', query: { ref: 'main' } },
  { name: 'all, --ref main --status skipped', query: { ref: 'main', statuses: ['skipped'] } },
  { name: 'a project, --ref main', query: { project, ref: 'main' } },
  { name: 'a project, --ref of no run', query: { project, ref: 'none' } },
  { name: 'all, --repository team/p7', query: { repository: 'team/p7' } },
  { name: 'a project, --repository of it', query: { project, repository } },
  { name: 'a project, --repository of another', query: { project, repository: 'team/p8' } },
];

async function measure(): Promise<void> {
  const { rounds, words } = readSettings(15);
  const count = Number(words[0] ?? 1_000_000);
  printMachine();
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'index.db');
  await (await openBenchStore(folder.path))[Symbol.asyncDispose]();
  const middle = fill(path, count);
  {
    await using store = await openBenchStore(folder.path);
    const contenders = queries.flatMap(({ name, query }) => [
      { name, once: async () => void (await store.runs({ ...query, limit: 20 })), goal: goalMs },
    ]);
    const later = {
      name: 'all, from the middle on',
      once: async () => void (await store.runs({ before: middle, limit: 20 })),
      goal: goalMs,
    };
    const refs = {
      name: 'the refs of a project, for completion',
      once: async () => void (await store.refs(project)),
      goal: goalMs,
    };
    printComparison(`a page of 20 of ${count} runs`, await inRounds([...contenders, later, refs], rounds));
  }
  returnToFirstFormat(path);
  const before = performance.now();
  await (await openBenchStore(folder.path))[Symbol.asyncDispose]();
  console.log(`  migration from format 1: ${((performance.now() - before) / 1_000).toFixed(1)} s\n`);
}

/** @returns the run in the middle */
function fill(path: string, count: number): RunId {
  const database = new Database(path);
  const insertRun = database.prepare(
    'INSERT INTO runs (id, project, number, created_at, folded, folded_to, settled) VALUES (?, ?, ?, ?, ?, 9, 1)',
  );
  const insertLease = database.prepare('INSERT INTO leases VALUES (?, 1, ?, 0, 1)');
  const owner = JSON.stringify({
    host: 'bench',
    bootId: 'b'.repeat(36),
    pidNamespace: 'pid:[1]',
    pid: 1,
    startTime: '1',
  });
  const idOf = (index: number) => makeRunId(1_700_000_000_000 + index, new Uint8Array(10));
  for (let from = 0; from < count; from += 50_000) {
    database.exec('BEGIN');
    for (let index = from; index < Math.min(count, from + 50_000); index++) {
      const at = `/src/p${index % 50}/.wharf-ci.yml`;
      const folded = foldedOf(index, at);
      insertRun.run([idOf(index), at, Math.floor(index / 50) + 1, index, JSON.stringify(folded)]);
      insertLease.run([idOf(index), owner]);
    }
    database.exec('COMMIT');
  }
  database.close();
  return idOf(count >> 1);
}

function foldedOf(index: number, at: string): object {
  const status = index % 10_000 === 0 ? 'skipped' : index % 5 === 0 ? 'failed' : 'succeeded';
  // Spread over all prefixes.
  const commit = (Math.imul(index, 2_654_435_761) >>> 0).toString(16).padStart(8, '0').padEnd(40, '0');
  const source = {
    project: at,
    directory: `/src/p${index % 50}`,
    file: '.wharf-ci.yml',
    repository: `git@git.example.org:team/p${index % 50}.git`,
    commit,
    ref: index % 3 === 0 ? `refs/heads/branch-${index % 1_000}` : 'refs/heads/main',
  };
  return {
    status,
    name: 'shop',
    iteration: 1,
    steps: { succeeded: 5, failed: 1 },
    source,
    startedAt: 1,
    runtime: 'docker',
    finishedAt: 2,
  };
}

function returnToFirstFormat(path: string): void {
  const database = new Database(path);
  const added = String(indexSchema.migrations[1]);
  for (const [, name] of added.matchAll(/CREATE INDEX file\.(\w+)/g)) database.exec(`DROP INDEX ${name}`);
  for (const [, table, name] of added.matchAll(/ALTER TABLE file\.(\w+) ADD COLUMN (\w+)/g))
    database.exec(`ALTER TABLE ${table} DROP COLUMN ${name}`);
  for (const [, name] of added.matchAll(/CREATE TABLE file\.(\w+)/g)) database.exec(`DROP TABLE ${name}`);
  database.exec('PRAGMA user_version = 1');
  database.close();
}

await measure();
