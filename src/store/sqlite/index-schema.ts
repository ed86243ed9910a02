/** The tables of the index of a state folder. */
import { createChangeTables, fillChangeTables } from './change-table.ts';
import type { Schema } from './prepare-file.ts';

/**
 * What `runs` can be searched by. Computed from `folded`, so that they never differ from it, whichever version of
 * Slipway wrote the entry.
 */
const facts = {
  status: 'status',
  commit_hash: 'source.commit',
  repository: 'source.repository',
  ref: 'source.ref',
} as const;

const factColumns = Object.entries(facts).map(
  ([name, path]) => `${name} TEXT GENERATED ALWAYS AS (json_extract(folded, '$.${path}')) VIRTUAL`,
);

/** `run-search.ts` says which search uses which. Lists of a project are in the order of its numbers, others in that of ids. */
const searchIndexes = `
    CREATE INDEX file.runs_by_status ON runs (status, id);
    CREATE INDEX file.runs_by_project_status ON runs (project, status, number);
    CREATE INDEX file.runs_by_commit ON runs (commit_hash, id) WHERE commit_hash IS NOT NULL;
    CREATE INDEX file.runs_by_project_commit ON runs (project, commit_hash, number) WHERE commit_hash IS NOT NULL;
    CREATE INDEX file.runs_by_ref ON runs (ref, status, id) WHERE ref IS NOT NULL;
    CREATE INDEX file.runs_by_project_ref ON runs (project, ref, status, number) WHERE ref IS NOT NULL;
    CREATE INDEX file.runs_by_repository ON runs (repository, status, id) WHERE repository IS NOT NULL;
    CREATE INDEX file.runs_by_project_repository ON runs (project, repository, status, number) WHERE repository IS NOT NULL`;

/** What became of a request: `state` is the status of a `RequestState`, `note` its detail. */
const answerColumns = ["state TEXT NOT NULL DEFAULT 'waiting'", 'note TEXT'];

/** Runs that were enqueued. An entry stays when its run has begun. `body` is the JSON of a `QueuedRun`. */
const queueTable = 'CREATE TABLE file.queue (run TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;';

/** `folded` is the JSON of a `FoldedRun` of the log up to `folded_to`. `settled`: no more events can follow. */
export const indexSchema: Schema = {
  format: 2,
  create: `
    CREATE TABLE file.store (id TEXT NOT NULL);
    CREATE TABLE file.projects (name TEXT PRIMARY KEY, runs INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE file.runs (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, number INTEGER NOT NULL, created_at INTEGER NOT NULL,
      folded TEXT NOT NULL, folded_to INTEGER NOT NULL, settled INTEGER NOT NULL, ${factColumns.join(', ')}) WITHOUT ROWID;
    CREATE UNIQUE INDEX file.runs_by_number ON runs (project, number);
    CREATE TABLE file.leases (run TEXT PRIMARY KEY, epoch INTEGER NOT NULL, owner TEXT NOT NULL, heartbeat INTEGER NOT NULL, released INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE file.requests (id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, body TEXT NOT NULL, ${answerColumns.join(', ')});
    CREATE INDEX file.requests_by_run ON requests (run);
    ${queueTable}${createChangeTables}${searchIndexes}`,
  // Processes of an older version may still use the file: their statements must keep working.
  migrations: {
    1: `${answerColumns.map((column) => `ALTER TABLE file.requests ADD COLUMN ${column};`).join('\n')}
    ${factColumns.map((column) => `ALTER TABLE file.runs ADD COLUMN ${column};`).join('\n')}
    ${queueTable}${createChangeTables}${fillChangeTables}${searchIndexes}`,
  },
};
