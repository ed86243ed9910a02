/** Messages when runs cannot be stored. */
import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Processes,
  collect,
  createRun,
  finished,
  newRunId,
  noted,
  output,
  queued,
} from '../../../test/rigs/store-rig.ts';
import type { RunId } from '../../model/ids.ts';
import { StoreError, type Store } from '../store.ts';
import { Connection } from './connection.ts';
import { indexSchema } from './index-schema.ts';
import { openSqliteStore } from './sqlite-store.ts';

const never = new AbortController().signal;
const isRoot = process.getuid?.() === 0;
const canMount = isRoot && process.platform === 'linux';

describe('a store', () => {
  let folder: string;
  let opened: Store[];
  const processes = new Processes();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-broken-'));
    opened = [];
  });

  afterEach(async () => {
    for (const store of opened) await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(below = folder): Promise<Store> {
    const store = await openSqliteStore({
      folder: join(below, 'state'),
      owner: processes.identity('one'),
      clock: processes.clock,
      isAlive: processes.isAlive,
    });
    opened.push(store);
    return store;
  }

  async function change(path: string, sql: string): Promise<void> {
    const database = new Database(path);
    database.exec(sql);
    database.close();
  }

  it('is readable only by its owner', async () => {
    const store = await open();
    const run = await createRun(store);
    await run.log.append([queued()]);
    const mode = async (...path: string[]) => ((await stat(join(folder, 'state', ...path))).mode & 0o777).toString(8);
    expect([await mode(), await mode('runs'), await mode('runs', run.id)]).toEqual(['700', '700', '700']);
    expect([
      await mode('index.db'),
      await mode('index.db-wal'),
      await mode('runs', run.id, 'run.db'),
      await mode('runs', run.id, 'run.db-wal'),
    ]).toEqual(['600', '600', '600', '600']);
  });

  it('of a newer format is refused, with advice', async () => {
    const store = await open();
    await store[Symbol.asyncDispose]();
    const { format } = indexSchema;
    await change(join(folder, 'state', 'index.db'), `PRAGMA user_version = ${format + 1}`);
    await expect(open()).rejects.toMatchObject({
      code: 'newer-format',
      help: 'update Slipway',
      message: expect.stringContaining(`format ${format + 1}; this version reads up to ${format}`) as string,
    });
  });

  it('refuses a log of a newer format, and works with the others', async () => {
    const store = await open();
    const [old, newer] = [await createRun(store), await createRun(store)];
    for (const run of [old, newer]) {
      await run.log.append([queued(), finished()]);
      await run.release();
    }
    await store[Symbol.asyncDispose]();
    await change(join(folder, 'state', 'runs', newer.id, 'run.db'), 'PRAGMA user_version = 7');
    const again = await open();
    await expect(again.read(newer.id)).rejects.toMatchObject({ code: 'newer-format' });
    expect(await again.runs({})).toHaveLength(2);
    expect(await collect((await again.read(old.id)).follow(0, never, 'finished'))).toHaveLength(2);
  });

  it('names the damaged file', async () => {
    await mkdir(join(folder, 'state'));
    await writeFile(join(folder, 'state', 'index.db'), 'not a database'.repeat(500));
    await expect(open()).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('index.db') as string,
    });
  });

  it('lists runs although the log of an unfinished one is damaged', async () => {
    const store = await open();
    const run = await createRun(store);
    await run.log.append([queued()]);
    await run.log[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await writeFile(join(folder, 'state', 'runs', run.id, 'run.db'), 'not a database'.repeat(500));
    processes.kill('one');
    const again = await open();
    expect(await again.runs({})).toMatchObject([{ name: 'build', status: 'interrupted' }]);
    await expect(again.read(run.id)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('forgets a run whose folder was removed by hand', async () => {
    const store = await open();
    const run = await createRun(store);
    await run.release();
    await run.log[Symbol.asyncDispose]();
    await rm(store.folder(run.id), { recursive: true });
    await expect(store.read(run.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await store.runs({})).toHaveLength(1);
    expect((await store.prune({ now: processes.now, runs: [run.id] })).removed).toHaveLength(1);
    expect(await store.runs({})).toEqual([]);
  });

  it.each([
    ['a file', 'not a folder', async () => await writeFile(join(folder, 'state'), '')],
    [
      'a link to nothing',
      'no folder can be created there',
      async () => await symlink(join(folder, 'nothing'), join(folder, 'state')),
    ],
    [
      'a link to itself',
      'circular symbolic links',
      async () => await symlink(join(folder, 'state'), join(folder, 'state')),
    ],
  ])('in a place that is %s is refused with the path and the reason', async (_, reason, prepare) => {
    await prepare();
    await expect(open()).rejects.toMatchObject({
      name: 'StoreError',
      code: 'unavailable',
      message: `cannot keep runs in ${join(folder, 'state')}: ${reason}`,
      help: expect.stringContaining('SLIPWAY_STATE') as string,
    });
  });

  it.each(['/dev/null', '/proc/1'])('below %s is refused at once', async (place) => {
    await expect(open(place)).rejects.toMatchObject({
      name: 'StoreError',
      message: expect.stringContaining(`cannot keep runs in ${place}/state: `) as string,
    });
  });

  it.skipIf(isRoot)('that is not writable is reported (skipped: root may write everything)', async () => {
    await mkdir(join(folder, 'state'), { mode: 0o500 });
    await expect(open()).rejects.toMatchObject({ code: 'read-only' });
    await chmod(join(folder, 'state'), 0o700);
  });

  it('lets a request through, once, where not even its receipt can be written', async () => {
    const store = await open();
    const run = await createRun(store);
    await store.request(run.id, { type: 'cancel', by: 'somebody' });
    using write = vi.spyOn(Connection.prototype, 'write');
    write.mockRejectedValue(new StoreError('disk-full', 'no space'));
    const seen: string[] = [];
    const enough = new AbortController();
    const late = setTimeout(() => enough.abort(), 10_000);
    for await (const { by } of run.requests(enough.signal)) {
      seen.push(by);
      // A second one would come at once.
      setTimeout(() => enough.abort(), 200);
    }
    clearTimeout(late);
    expect(seen).toEqual(['somebody']);
  });

  it('completes a removal that was interrupted after the folder was moved, and removes folders without an index entry', async () => {
    const store = await open();
    const run = await createRun(store);
    await run.log.append([queued(), finished()]);
    await run.release();
    const state = join(folder, 'state');
    execFileSync('mv', [join(state, 'runs', run.id), join(state, 'removed', run.id)]);
    const orphan = join(state, 'runs', newRunId());
    await mkdir(orphan);
    const pruned = await store.prune({ now: Date.now() + 7_200_000 });
    expect(pruned.kept).toBe(0);
    expect(await store.runs({})).toEqual([]);
    await expect(stat(join(state, 'removed', run.id))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(orphan)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  describe.skipIf(!canMount)('on a small disk (skipped unless root on Linux may mount one)', () => {
    let disk: string;

    beforeEach(async () => {
      disk = join(folder, 'disk');
      await mkdir(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'slipway-test', disk]);
    });

    afterEach(async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      execFileSync('umount', ['-l', disk]);
    });

    it('that is full refuses the whole append, keeps what it had, and continues when there is space again', async () => {
      const store = await open(disk);
      const run = await createRun(store);
      let stored = await run.log.append([queued()]);
      const chunk = new Uint8Array(64 << 10);
      const fill = async () => {
        for (;;) stored = await run.log.append([output(chunk), noted('after the chunk')]);
      };
      await expect(fill()).rejects.toMatchObject({
        name: 'StoreError',
        code: 'disk-full',
        help: expect.stringContaining('slipway prune') as string,
      });
      const events = await collect(run.log.follow(0, never, 'now'));
      expect(events.at(-1)?.seq).toBe(stored);
      execFileSync('mount', ['-o', 'remount,size=8m', disk]);
      expect(await run.log.append([noted('there is space again')])).toBe(stored + 1);
    });

    /** To the last byte. */
    async function fill(): Promise<void> {
      for (const size of [64 << 10, 1_000, 1]) {
        const write = async () => {
          for (;;) await appendFile(join(disk, 'fill'), new Uint8Array(size));
        };
        await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
      }
    }

    async function finishedRun(store: Store, bytes = 1_000): Promise<RunId> {
      const run = await createRun(store);
      await run.log.append([queued(), output(new Uint8Array(bytes)), finished()]);
      await run.release();
      await run.log[Symbol.asyncDispose]();
      return run.id;
    }

    it('that is full can be read, including a WAL that no process has open', async () => {
      const store = await open(disk);
      const whole = await finishedRun(store);
      const cut = await createRun(store);
      await cut.log.append([queued('cut'), output('half')]);
      execFileSync('sh', ['-c', 'cp -r "$1/state" "$1/left" && find "$1/left" -name "*-shm" -delete', 'sh', disk]);
      await store[Symbol.asyncDispose]();
      execFileSync('sh', ['-c', 'rm -rf "$1/state" && mv "$1/left" "$1/state"', 'sh', disk]);
      await fill();
      const again = await open(disk);
      expect((await again.runs({})).map(({ id }) => id)).toEqual([cut.id, whole]);
      for (const [id, count] of [
        [whole, 3],
        [cut.id, 2],
      ] as const) {
        const reader = await again.read(id);
        expect(await collect(reader.follow(0, never, 'now'))).toHaveLength(count);
        await reader[Symbol.asyncDispose]();
      }
      await expect(createRun(again)).rejects.toMatchObject({ code: 'disk-full' });
    });

    it('that is full is pruned: space first, then the index', async () => {
      const store = await open(disk);
      const [old, kept] = [await finishedRun(store, 300_000), await finishedRun(store)];
      await store[Symbol.asyncDispose]();
      await fill();
      const again = await open(disk);
      expect((await again.prune({ now: processes.now, maxRunsPerProject: 1 })).removed.map(({ run }) => run)).toEqual([
        old,
      ]);
      expect((await again.runs({})).map(({ id }) => id)).toEqual([kept]);
      expect(await readdir(join(disk, 'state', 'removed'))).toEqual([]);
      await createRun(again);
    });

    it('that is full is pruned even if the freed space is too small to write: the next prune completes it', async () => {
      const store = await open(disk);
      const old = await finishedRun(store, 1);
      await store[Symbol.asyncDispose]();
      await fill();
      const again = await open(disk);
      expect((await again.prune({ now: processes.now, maxRunsPerProject: 0 })).removed.map(({ run }) => run)).toEqual([
        old,
      ]);
      expect(await again.runs({})).toEqual([]);
      await rm(join(disk, 'fill'));
      await again.prune({ now: processes.now });
      expect(await readdir(join(disk, 'state', 'removed'))).toEqual([]);
      expect(await again.runs({})).toEqual([]);
      expect(await again.summary(old)).toBeUndefined();
    });

    it('that is full delivers a request to a living owner once', async () => {
      const store = await open(disk);
      const run = await createRun(store);
      await run.log.append([queued()]);
      const other = await openSqliteStore({
        folder: join(disk, 'state'),
        owner: processes.identity('two'),
        clock: processes.clock,
        isAlive: processes.isAlive,
      });
      opened.push(other);
      await fill();
      await other.request(run.id, { type: 'cancel', by: 'first' });
      await other.request(run.id, { type: 'cancel', by: 'second' });
      const seen: string[] = [];
      for await (const { by } of run.requests(never)) if (seen.push(by) === 2) break;
      expect(seen).toEqual(['first', 'second']);
    });

    it('that is read-only can be read, with and without a WAL', async () => {
      const store = await open(disk);
      const whole = await finishedRun(store);
      const cut = await createRun(store);
      await cut.log.append([queued('cut'), output('half')]);
      execFileSync('sh', ['-c', 'cp -r "$1/state" "$1/left" && find "$1/left" -name "*-shm" -delete', 'sh', disk]);
      await store[Symbol.asyncDispose]();
      execFileSync('sh', ['-c', 'rm -rf "$1/state" && mv "$1/left" "$1/state"', 'sh', disk]);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      const again = await open(disk);
      expect((await again.runs({})).map(({ id, name }) => [id, name])).toEqual([
        [cut.id, 'cut'],
        [whole, 'build'],
      ]);
      for (const [id, count] of [
        [whole, 3],
        [cut.id, 2],
      ] as const) {
        const reader = await again.read(id);
        expect(await collect(reader.follow(0, never, 'finished'))).toHaveLength(count);
        await reader[Symbol.asyncDispose]();
      }
      await expect(again.prune({ now: processes.now, maxRunsPerProject: 0 })).rejects.toMatchObject({
        code: 'read-only',
      });
      await expect(again.request(cut.id, { type: 'cancel', by: 'x' })).rejects.toMatchObject({ code: 'read-only' });
    });

    it('that is read-only is reported', async () => {
      const store = await open(disk);
      const run = await createRun(store);
      await run.log.append([queued()]);
      await store[Symbol.asyncDispose]();
      opened = [];
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await expect((async () => await createRun(await open(disk)))()).rejects.toMatchObject({
        name: 'StoreError',
        code: 'read-only',
      });
    });
  });
});
