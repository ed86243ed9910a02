/** State folders of older formats. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundled } from '../../../test/rigs/bundled.ts';
import { Spoken } from '../../../test/rigs/spoken.ts';
import { collect, createRun, finished, newRunId, Processes, told } from '../../../test/rigs/store-rig.ts';
import { logFormat } from '../../events/event.ts';
import type { Store } from '../store.ts';
import { indexSchema } from './index-schema.ts';
import { openSqliteStore } from './sqlite-store.ts';

const never = new AbortController().signal;
const canMount = process.getuid?.() === 0 && process.platform === 'linux';
const fixtures = fileURLToPath(new URL('../../../test/fixtures/states', import.meta.url));
const olderFormats = Array.from({ length: indexSchema.format - 1 }, (_, index) => index + 1);

describe.each(olderFormats)('a state folder of format %d', (format) => {
  let program: string;
  let folder: string;
  let state: string;
  let opened: Store[];
  let children: Spoken[];

  beforeAll(async () => {
    program = await bundled(new URL('../../../test/rigs/migrating-process.ts', import.meta.url));
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-migrations-'));
    state = join(folder, 'state');
    await cp(join(fixtures, `format-${format}`), state, { recursive: true });
    opened = [];
    children = [];
  });

  afterEach(async () => {
    for (const child of children) await child[Symbol.asyncDispose]();
    for (const store of opened) await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(below = state, process = 'opener'): Promise<Store> {
    const processes = new Processes();
    processes.kill('maker');
    const store = await openSqliteStore({
      folder: below,
      owner: processes.identity(process),
      clock: processes.clock,
      isAlive: processes.isAlive,
    });
    opened.push(store);
    return store;
  }

  /** Checks that both runs of the fixture are complete. */
  async function expectWhole(store: Store): Promise<void> {
    expect(await store.runs({})).toMatchObject([
      { number: 2, status: 'interrupted', steps: { notStarted: 1, inProgress: 1 } },
      { number: 1, status: 'failed', steps: { failed: 1 } },
    ]);
    const events: string[][] = [];
    for (const { id } of await store.runs({})) {
      const reader = await store.read(id);
      events.push((await collect(reader.follow(0, never, 'finished'))).map(told));
      await reader[Symbol.asyncDispose]();
    }
    expect(events).toEqual([
      ['1 run.queued', '2 run.started', '3 iteration.planned', '4 step.started', '5 half', '6 a note'],
      [
        '1 run.queued',
        '2 run.started',
        '3 iteration.planned',
        '4 step.started',
        '5 one\ntwo\n',
        '6 step.finished',
        '7 run.finished',
      ],
    ]);
    const numbers = async (query: Parameters<Store['runs']>[0]) =>
      (await store.runs(query)).map(({ number }) => number);
    expect(await numbers({ commit: '3f2c1ab' })).toEqual([1]);
    expect(await numbers({ ref: 'v1' })).toEqual([2]);
    expect(await numbers({ repository: 'team/shop' })).toEqual([2, 1]);
    expect(await numbers({ statuses: ['failed'] })).toEqual([1]);
  }

  /** Each table and index as its statement, without the layout. */
  function tablesOf(path: string): Readonly<Record<string, unknown>> {
    const database = new Database(path);
    const rows = database.prepare('SELECT type, name, sql FROM sqlite_master').all([]) as {
      type: string;
      name: string;
      sql: string | null;
    }[];
    database.close();
    return Object.fromEntries(
      rows.map(({ type, name, sql }) => [`${type} ${name}`, sql?.replace(/\s+/g, ' ').replace(/ ?([(),]) ?/g, '$1')]),
    );
  }

  function writersOf(path: string): unknown[] {
    const database = new Database(path);
    const rows = database.prepare('SELECT run FROM writers').all([]) as { run: string }[];
    database.close();
    return rows.map(({ run }) => run);
  }

  const sourceIndex = 'index output_by_source';

  it('reaches the tables of a new one', async () => {
    const run = await createRun(await open(join(folder, 'fresh')));
    await run.release();
    const store = await open();
    await store[Symbol.asyncDispose]();
    expect(tablesOf(join(state, 'index.db'))).toEqual(tablesOf(join(folder, 'fresh', 'index.db')));
    for (const id of await readdir(join(state, 'runs'))) {
      const log = join(state, 'runs', id, 'run.db');
      // A log gets this index with the newest format, when it is taken over.
      const { [sourceIndex]: _index, ...tables } = tablesOf(join(folder, 'fresh', 'runs', run.id, 'run.db'));
      expect(tablesOf(log)).toEqual(tables);
      expect((await readFile(log)).readUInt32BE(60)).toBeLessThanOrEqual(logFormat);
    }
    expect((await readFile(join(state, 'index.db'))).readUInt32BE(60)).toBe(indexSchema.format);
  });

  it('keeps its runs, and they can be resumed', async () => {
    const store = await open();
    await expectWhole(store);
    const [interrupted] = await store.runs({});
    if (interrupted === undefined) throw new Error('no run');
    const taken = await store.own(interrupted.id);
    if (taken.status !== 'owned') throw new Error(taken.status);
    const requests = taken.run.requests(never)[Symbol.asyncIterator]();
    expect((await requests.next()).value).toMatchObject({ type: 'cancel', by: 'somebody' });
    expect(await taken.run.log.append([finished('cancelled')])).toBe(7);
    await taken.run.release();
    expect(tablesOf(join(state, 'runs', taken.run.id, 'run.db'))).toHaveProperty([sourceIndex]);
    expect(await store.runs({ statuses: ['cancelled'] })).toMatchObject([{ number: 2 }]);
    expect((await createRun(store, '/src/shop/.wharf-ci.yml')).number).toBe(3);
  });

  it.runIf(format === 1)('can still be written by a process of that version that has it open', async () => {
    const old = new Database(join(state, 'index.db'));
    const [ran, asked] = [newRunId(), 'old'];
    const run = (sql: string, ...values: readonly (string | number)[]) => old.prepare(sql).run([...values]);
    const folded = { status: 'failed', name: 'old', iteration: 1, steps: {}, source: { commit: 'abcd' } };
    run('SELECT 1');
    const store = await open();
    run('INSERT INTO runs VALUES (?, ?, ?, ?, ?, 0, 0)', ran, '/old', 1, 1, JSON.stringify({ ...folded, source: {} }));
    run('INSERT INTO leases VALUES (?, 1, ?, ?, 0)', ran, JSON.stringify(new Processes().identity('old')), 1);
    run('UPDATE runs SET folded = ?, folded_to = ?, settled = ? WHERE id = ?', JSON.stringify(folded), 3, 1, ran);
    run('INSERT INTO requests (run, body) VALUES (?, ?)', ran, JSON.stringify({ type: 'cancel', by: asked }));
    expect(await store.runs({ commit: 'abcd', statuses: ['failed'] })).toMatchObject([{ id: ran, name: 'old' }]);
    expect(writersOf(join(state, 'index.db'))).toContain(ran);
    const { id } = await store.request(ran, { type: 'cancel', by: 'new' });
    // Such an owner takes requests away without an answer.
    run('DELETE FROM requests WHERE run = ?', ran);
    expect(await collect(store.requestStates(ran, id, never))).toEqual([]);
    old.close();
  });

  it('is migrated once by processes that open it at the same time', async () => {
    children = Array.from({ length: 4 }, () => new Spoken(program, ['open', state]));
    for (const child of children) await child.line((line) => line === 'ready');
    for (const child of children) child.signal('SIGUSR2');
    for (const child of children) {
      expect((await child.ended).code).toBe(0);
      expect(child.lines).toHaveLength(3);
    }
    await expectWhole(await open());
  });

  it('loses nothing when a process is killed in the middle of the migration', async () => {
    for (let round = 0; round < 2; round++) {
      const child = new Spoken(program, ['die', state]);
      children.push(child);
      await child.line((line) => line === 'ready');
      child.signal('SIGUSR2');
      expect((await child.ended).signal).toBe('SIGKILL');
      expect((await readFile(join(state, 'index.db'))).readUInt32BE(60)).toBe(format);
    }
    await expectWhole(await open());
  });

  describe.skipIf(!canMount)('on a small disk (skipped unless root on Linux may mount one)', () => {
    let disk: string;

    beforeEach(async () => {
      disk = join(folder, 'disk');
      await mkdir(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'slipway-test', disk]);
      await cp(state, join(disk, 'state'), { recursive: true });
    });

    afterEach(async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      execFileSync('umount', ['-l', disk]);
    });

    const copies = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('slipway-read-'));

    it('that is read-only can be read, from a copy that is removed at once', async () => {
      const before = await copies();
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      const store = await open(join(disk, 'state'));
      await expectWhole(store);
      expect((await copies()).filter((name) => !before.includes(name))).toEqual([]);
      await expect(createRun(store)).rejects.toMatchObject({ code: 'read-only' });
      execFileSync('mount', ['-o', 'remount,rw', disk]);
      await createRun(store);
      expect(existsSync(join(disk, 'state', 'index.db-wal'))).toBe(true);
    });

    it('that is full can be read, pruned, and then migrated', async () => {
      const fill = async (size: number) => {
        for (;;) await appendFile(join(disk, 'fill'), new Uint8Array(size));
      };
      for (const size of [64 << 10, 1_000, 1]) await expect(fill(size)).rejects.toMatchObject({ code: 'ENOSPC' });
      const store = await open(join(disk, 'state'));
      await expectWhole(store);
      await expect(createRun(store)).rejects.toMatchObject({ code: 'disk-full' });
      const [, old] = await store.runs({});
      expect((await store.prune({ now: 0, runs: old === undefined ? [] : [old.id] })).removed).toHaveLength(1);
      await rm(join(disk, 'fill'));
      await createRun(store);
      expect((await store.runs({})).map(({ project }) => project)).toEqual(['/src/shop/.wharf-ci.yml', '/project']);
    });
  });
});
