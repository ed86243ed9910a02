/**
 * A program that writes a state folder with two runs into FOLDER: fixtures of formats are made of it
 * (`scripts/make-state-fixture.mjs`). One run has failed. The owner of the other was killed, and a request for it waits.
 */
import { makeRunId } from '../../src/model/ids.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import {
  finished,
  noted,
  output,
  planned,
  Processes,
  queued,
  started,
  stepFinished,
  stepStarted,
} from './store-rig.ts';

const [folder = ''] = process.argv.slice(2);
const processes = new Processes();
const store = await openSqliteStore({
  folder,
  owner: processes.identity('maker'),
  clock: processes.clock,
  isAlive: processes.isAlive,
});
const project = '/src/shop/.wharf-ci.yml';
const source = {
  project,
  directory: '/src/shop',
  file: '.wharf-ci.yml',
  repository: 'git@git.example.org:team/shop.git',
};

const first = await store.create({ id: idOf(1), project, createdAt: processes.now });
await first.log.append([
  { ...queued('shop'), source: { ...source, commit: '3f2c1ab'.padEnd(40, '0'), ref: 'refs/heads/main' } } as never,
  started(),
  planned(1),
  stepStarted(),
  output('one\ntwo\n'),
  stepFinished(undefined, { status: 'failed', failure: { code: 'exit-nonzero', exitCode: 1 } }),
  finished('failed'),
]);
await first.release();

const second = await store.create({ id: idOf(2), project, createdAt: processes.now + 60_000 });
await second.log.append([
  { ...queued('shop'), source: { ...source, commit: '9d8e7f6'.padEnd(40, '0'), ref: 'refs/tags/v1' } } as never,
  started(),
  planned(2),
]);
// These events are in the log only: the owner dies before it updates the index.
await second.log.append([stepStarted(), output('half'), noted('a note')]);
await store.request(second.id, { type: 'cancel', by: 'somebody' });
await second.log[Symbol.asyncDispose]();
await first.log[Symbol.asyncDispose]();
await store[Symbol.asyncDispose]();

function idOf(number: number) {
  return makeRunId(processes.now + number * 60_000, new Uint8Array(10).fill(number));
}
