/** The store shared by real processes that are suspended and killed. */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundled } from '../../../test/rigs/bundled.ts';
import { Spoken } from '../../../test/rigs/spoken.ts';
import { collect, createRun, finished, noted, output } from '../../../test/rigs/store-rig.ts';
import { systemClock } from '../../model/clock.ts';
import type { RunId } from '../../model/ids.ts';
import { isProcessAlive, readProcessIdentity } from '../../util/process-identity.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { nextTurn } from '../../util/next-turn.ts';

const never = new AbortController().signal;
describe('processes', () => {
  let program: string;

  beforeAll(async () => {
    program = await bundled(new URL('../../../test/rigs/store-process.ts', import.meta.url));
  });

  describe('processes that share a state folder', () => {
    let folder: string;
    let store: Store;
    let children: Spoken[];

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'slipway-processes-'));
      const self = readProcessIdentity();
      store = await openSqliteStore({
        folder,
        owner: self,
        clock: systemClock,
        isAlive: (identity) => isProcessAlive(identity, self),
      });
      children = [];
    });

    afterEach(async () => {
      for (const child of children) await child[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    function run(...args: string[]): Spoken {
      const child = new Spoken(program, args);
      children.push(child);
      return child;
    }

    const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

    it('five followers see every event of one writer once and in order', async () => {
      const owned = await createRun(store);
      const followers = Array.from({ length: 5 }, () => run('follow', folder, owned.id));
      for (let index = 0; index < 500; index++) {
        await owned.log.append([noted(String(index)), output('x'.repeat(1_000), index * 1_000)]);
        if (index === 250) await followers[0]?.line((line) => Number(line) > 100);
      }
      await owned.log.append([finished()]);
      for (const follower of followers) {
        expect((await follower.ended).code).toBe(0);
        expect(follower.lines).toEqual([...numbersTo(1_001), 'end']);
      }
    });

    it('a suspended one blocks nothing, keeps no WAL from being truncated, and receives everything when it continues', async () => {
      // A process that is suspended during a read keeps its transaction, but not several times.
      const sizes: number[] = [];
      while (sizes.length < 3 && !sizes.some((size) => size < 24 << 20)) sizes.push(await grownWhileStopped());
      expect(Math.min(...sizes)).toBeLessThan(24 << 20);
    });

    /**
     * @returns the size of the WAL after 40 MiB of appends; a reader with an open transaction would have kept them all
     */
    async function grownWhileStopped(): Promise<number> {
      const owned = await createRun(store);
      const stopped = run('follow', folder, owned.id);
      await owned.log.append([noted('first')]);
      await stopped.line((line) => line === '1');
      stopped.signal('SIGSTOP');
      const chunk = new Uint8Array(64 << 10);
      for (let index = 0; index < 640; index++) await owned.log.append([output(chunk, index * chunk.length)]);
      const { size } = statSync(join(store.folder(owned.id), 'run.db-wal'));
      await owned.log.append([finished()]);
      stopped.signal('SIGCONT');
      expect((await stopped.ended).code).toBe(0);
      expect(stopped.lines).toEqual([...numbersTo(642), 'end']);
      return size;
    }

    it('one that is killed while it drives a run keeps all acknowledged events, ends its followers, and can be taken over', async () => {
      const driver = run('drive', folder);
      const id = (await driver.line(() => true)) as RunId;
      const follower = run('follow', folder, id);
      const reader = await store.read(id);
      const here = collect(reader.follow(0, never, 'finished'));
      await follower.line((line) => Number(line) > 50);
      expect((await store.own(id)).status).toBe('held');
      driver.signal('SIGKILL');
      await driver.ended;
      const events = await here;
      const acknowledged = Number(driver.lines.filter((line) => /^\d+$/.test(line)).at(-1));
      expect(events.length).toBeGreaterThanOrEqual(acknowledged);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect((await follower.ended).code).toBe(0);
      expect(follower.lines).toEqual([...numbersTo(events.length), 'end']);
      expect(await store.runs({})).toMatchObject([{ id, status: 'interrupted', name: 'build' }]);
      const taken = await store.own(id);
      if (taken.status !== 'owned') throw new Error(taken.status);
      expect(await taken.run.log.append([finished('cancelled')])).toBe(events.length + 1);
      expect(await store.runs({})).toMatchObject([{ status: 'cancelled' }]);
    });

    it('one that is suspended does not count as dead', async () => {
      const driver = run('drive', folder, '3');
      const id = (await driver.line(() => true)) as RunId;
      await driver.line((line) => line === 'idle');
      driver.signal('SIGSTOP');
      expect((await store.own(id)).status).toBe('held');
      expect(await store.runs({})).toMatchObject([{ status: 'inProgress' }]);
    });

    it('one asks another to cancel', async () => {
      const driver = run('drive', folder, '3');
      const id = (await driver.line(() => true)) as RunId;
      await driver.line((line) => line === 'idle');
      await store.request(id, { type: 'cancel', by: 'test' });
      await driver.line((line) => line === 'cancel');
    });

    it("a thread of the owner's process follows like a process, while the owner appends", async () => {
      const owned = await createRun(store);
      const thread = new Worker(program, { argv: ['follow', folder, owned.id], stdout: true });
      const exited = new Promise<number>((resolve) => thread.once('exit', resolve));
      const lines: string[] = [];
      createInterface({ input: thread.stdout }).on('line', (line) => lines.push(line));
      for (let index = 0; index < 300; index++) {
        await owned.log.append([noted(String(index)), output('x'.repeat(500), index * 500)]);
        await nextTurn();
      }
      await owned.log.append([finished()]);
      expect(await exited).toBe(0);
      expect(lines).toEqual([...numbersTo(601), 'end']);
    });

    it('several add to a run while its owner appends, and some are killed: no gap, every acknowledged event', async () => {
      const owned = await createRun(store);
      const others = Array.from({ length: 4 }, (_, index) =>
        run('annex', folder, owned.id, index < 2 ? '150' : '9999999'),
      );
      let appended = 0;
      const ended = Promise.all(others.slice(0, 2).map((other) => other.ended)).then(() => true);
      const killed = (async () => {
        for (const other of others.slice(2)) {
          await other.line((line) => Number(line) > 60);
          other.signal('SIGKILL');
          await other.ended;
        }
        return true;
      })();
      let done = false;
      void Promise.all([ended, killed]).then(() => (done = true));
      while (!done) {
        await owned.log.append([noted(`owner ${appended++}`), output('x'.repeat(500))]);
        await nextTurn();
      }
      const events = await collect(owned.log.follow(0, never, 'now'));
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.filter(({ type }) => type === 'run.noted')).toHaveLength(appended);
      const bySeq = new Map(events.map((event) => [event.seq, event.type]));
      for (const other of others) for (const line of other.lines) expect(bySeq.get(Number(line))).toBe('note.added');
      const added = events.filter(({ type }) => type === 'note.added').length;
      expect(added).toBeGreaterThanOrEqual(others.reduce((sum, other) => sum + other.lines.length, 0));
    });

    it('killed again and again, writers and followers of all runs miss no event', async () => {
      const told = new Map<string, number>();
      let cursor = 0;
      const take = (line: string) => {
        const [id = '', seq, next] = line.split(' ');
        expect(Number(next)).toBeGreaterThan(cursor);
        cursor = Number(next);
        told.set(id, Math.max(told.get(id) ?? 0, Number(seq)));
      };
      const ids: RunId[] = [];
      for (let round = 0; round < 6; round++) {
        const driver = run('drive', folder);
        const id = (await driver.line(() => true)) as RunId;
        ids.push(id);
        // The second one dies between its first commits, often before it has told of any.
        const adding = run('annex', folder, ids[Math.floor(round / 2)] ?? id);
        const reading = run('feed', folder, String(cursor));
        await reading.line((line) => line.startsWith(id));
        await driver.line((line) => Number(line) > round * 5);
        await adding.line((line) => Number(line) > 0);
        for (const one of round % 2 === 0 ? [adding, driver, reading] : [reading, driver, adding]) {
          one.signal('SIGKILL');
          await one.ended;
        }
        // A follower stores its cursor after it has handled a notice, so the last ones may come again.
        for (const line of reading.lines.slice(0, -1)) take(line);
      }
      const heads = new Map<RunId, number>();
      for (const id of ids) heads.set(id, (await collect((await store.read(id)).follow(0, never, 'now'))).length);
      const missing = () => [...heads].filter(([id, head]) => (told.get(id) ?? 0) < head);
      const stop = new AbortController();
      if (missing().length > 0)
        for await (const change of store.feed.changed(cursor, stop.signal)) {
          take(`${change.run} ${change.seq} ${change.cursor}`);
          if (missing().length === 0) break;
        }
      expect(missing()).toEqual([]);
    });

    it('killed ten times, never lose an acknowledged event and leave no gap', async () => {
      for (let round = 0; round < 10; round++) {
        const driver = run('drive', folder);
        const id = (await driver.line(() => true)) as RunId;
        await driver.line((line) => Number(line) > round * 37);
        driver.signal('SIGKILL');
        await driver.ended;
        const events = await collect((await store.read(id)).follow(0, never, 'finished'));
        const acknowledged = Number(driver.lines.filter((line) => /^\d+$/.test(line)).at(-1));
        expect(events.length).toBeGreaterThanOrEqual(acknowledged);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      }
    });
  });
});
