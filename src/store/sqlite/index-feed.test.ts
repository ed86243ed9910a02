import { readFile, writeFile } from 'node:fs/promises';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sqliteRig } from '../../../test/rigs/sqlite-rig.ts';
import { createRun, finished, noted, queued } from '../../../test/rigs/store-rig.ts';
import type { RunId } from '../../model/ids.ts';
import type { RunChange, Store } from '../store.ts';
import { ChangeTable, fillChangeTables } from './change-table.ts';
import { Connection } from './connection.ts';
import { longestPauseMs } from './dead-writers.ts';
import { RunFile } from './run-file.ts';

const never = new AbortController().signal;

/** Opens a file so that no other connection can read it. */
function lockedFile(path: string): Database.Database {
  const database = new Database(path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  return database;
}

describe('the feed of the index', () => {
  let rig: Awaited<ReturnType<typeof sqliteRig>>;
  let store: Store;
  let other: Store;
  let index: Connection;

  beforeEach(async () => {
    rig = await sqliteRig();
    store = await rig.open('one');
    other = await rig.open('two');
    index = await Connection.open(`${rig.folder}/state/index.db`, { format: 99, create: '', migrations: {} });
  });

  afterEach(async () => {
    index.close();
    await rig[Symbol.asyncDispose]();
  });

  async function notice(after: number): Promise<RunChange> {
    for await (const change of other.feed.changed(after, never)) return change;
    throw new Error('the feed has ended');
  }

  /** Commits to a run without telling, like a process that dies between the two databases. */
  async function silently<T>(run: RunId, act: (file: RunFile) => Promise<T>): Promise<void> {
    const file = await RunFile.open(run, `${store.folder(run)}/run.db`);
    await act(file);
    file.close();
  }

  const writers = async () => (await new ChangeTable(index).writers()).map(({ run, id }) => [run, id]);

  it('tells what an owner committed before it died', async () => {
    const run = await createRun(store);
    await run.log.append([queued()]);
    const first = await notice(0);
    await silently(run.id, async (file) => await file.append(1, [noted('b'), finished()]));
    expect(await writers()).toEqual([[run.id, 'owner']]);
    rig.processes.kill('one');
    expect(await notice(first.cursor)).toMatchObject({ run: run.id, seq: 3 });
    expect(await writers()).toEqual([]);
  });

  it('tells the first events of an owner that died at once', async () => {
    const run = await createRun(store);
    await silently(run.id, async (file) => await file.append(1, [queued()]));
    rig.processes.kill('one');
    expect(await notice(0)).toMatchObject({ run: run.id, seq: 1 });
  });

  it('tells what an annex committed before its process died', async () => {
    const run = await createRun(store);
    await run.log.append([finished()]);
    await run.release();
    const annex = await (await rig.open('three')).annex(run.id);
    await annex.append([{ type: 'note.added', by: 'x', level: 'info', message: 'a' }]);
    const first = await notice(0);
    expect((await writers()).map(([, id]) => String(id).split(' ')[0])).toEqual(['annex']);
    const note = { type: 'note.added', by: 'x', level: 'info', message: 'b', at: 1 } as const;
    await silently(run.id, async (file) => await file.appendBeside([note], () => undefined));
    rig.processes.kill('three');
    const last = first.seq === 3 ? first : await lastNotice(first, 3);
    expect(last).toMatchObject({ run: run.id, seq: 3 });
  });

  it.each(['locked', 'corrupt'] as const)('tells of other runs while the log of one is %s', async (how) => {
    const stuck = await createRun(store);
    await silently(stuck.id, async (file) => await file.append(1, [queued()]));
    const dead = await createRun(store);
    await silently(dead.id, async (file) => await file.append(1, [queued(), noted('a')]));
    const alive = await createRun(await rig.open('three'));
    const path = `${store.folder(stuck.id)}/run.db`;
    // As after its death: nothing has the files open.
    await store[Symbol.asyncDispose]();
    const whole = await readFile(path);
    const locked = how === 'locked' ? lockedFile(path) : undefined;
    if (how === 'corrupt') await writeFile(path, Buffer.alloc(whole.length, 7));
    rig.processes.kill('one');
    const seen: [string, number][] = [];
    const enough = new AbortController();
    const following = (async () => {
      for await (const { run, seq } of other.feed.changed(0, enough.signal)) seen.push([run, seq]);
    })();
    const told = async (run: RunId, seq: number) => {
      await vi.waitFor(() => expect(seen).toContainEqual([run, seq]), { timeout: 60_000 });
    };
    await told(dead.id, 2);
    await alive.log.append([queued()]);
    await told(alive.id, 1);
    await alive.log.append([noted('b')]);
    await told(alive.id, 2);
    expect(seen.map(([run]) => run)).not.toContain(stuck.id);
    if (how === 'corrupt') await writeFile(path, whole);
    locked?.close();
    rig.processes.now += longestPauseMs;
    await told(stuck.id, 1);
    expect(await writers()).toEqual([[alive.id, 'owner']]);
    enough.abort();
    await following;
    // Each run's numbers grow: nothing is told twice.
    for (const { id } of [stuck, dead, alive]) {
      const numbers = seen.flatMap(([run, seq]) => (run === id ? [seq] : []));
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }
  });

  async function lastNotice(from: RunChange, seq: number): Promise<RunChange> {
    let change = from;
    while (change.seq < seq) change = await notice(change.cursor);
    return change;
  }

  it('leaves the writers that live, and those that have closed are listed no more', async () => {
    const run = await createRun(store);
    const annex = await other.annex(run.id);
    await annex.append([{ type: 'note.added', by: 'x', level: 'info', message: 'a' }]);
    await notice(0);
    expect(await writers()).toHaveLength(2);
    await annex[Symbol.asyncDispose]();
    expect(await writers()).toEqual([[run.id, 'owner']]);
    await run.release();
    expect(await writers()).toEqual([]);
  });

  it('keeps the entry of an owner when the one before releases the run', async () => {
    const run = await createRun(store);
    await run.log.append([queued()]);
    rig.processes.kill('one');
    const taken = await other.own(run.id);
    if (taken.status !== 'owned') throw new Error(taken.status);
    await run.release();
    expect(await writers()).toEqual([[run.id, 'owner']]);
    await taken.run.release();
    expect(await writers()).toEqual([]);
  });

  it('does not settle a writer of which the run has a living successor', async () => {
    const run = await createRun(store);
    await run.log.append([queued()]);
    const table = new ChangeTable(index);
    const [writer] = await table.writers();
    if (writer === undefined) throw new Error('no writer');
    await table.settle(writer, 9, () => false);
    expect(await table.writers()).toHaveLength(1);
    expect((await table.after(0)).every(({ seq }) => seq < 9)).toBe(true);
  });

  it('begins with all runs of an index that had none, and with their owners', async () => {
    const [a, b] = [await createRun(store), await createRun(store)];
    await a.log.append([queued(), finished()]);
    await a.release();
    await b.log.append([queued()]);
    index.run('DELETE FROM changes');
    index.run('DELETE FROM writers');
    // A migration fills them.
    for (const sql of fillChangeTables.split(';').filter((part) => part.trim() !== '')) index.run(sql);
    const third = await rig.open('three');
    const seen: RunChange[] = [];
    for await (const change of third.feed.changed(0, never)) {
      seen.push(change);
      if (seen.length === 2) break;
    }
    expect(seen.map(({ run, seq }) => [run, seq])).toEqual([
      [a.id, 2],
      [b.id, 1],
    ]);
    expect(await writers()).toEqual([[b.id, 'owner']]);
  });
});
