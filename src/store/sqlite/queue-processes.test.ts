/** The queue shared by real processes that are killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundled } from '../../../test/rigs/bundled.ts';
import { Spoken } from '../../../test/rigs/spoken.ts';
import { collect, finished, newRunId, queuedRun } from '../../../test/rigs/store-rig.ts';
import { systemClock } from '../../model/clock.ts';
import type { RunId } from '../../model/ids.ts';
import { isProcessAlive, readProcessIdentity } from '../../util/process-identity.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

const never = new AbortController().signal;

describe('processes that share a queue', () => {
  let folder: string;
  let store: Store;
  let children: Spoken[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-queue-'));
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

  it('begin and end each run once, even if workers are killed', { timeout: 180_000 }, async () => {
    const program = await bundled(new URL('../../../test/rigs/queue-worker.ts', import.meta.url));
    const ids: RunId[] = [];
    for (let index = 0; index < 40; index++) {
      const made = await store.enqueue({ id: newRunId(), project: '/project', createdAt: index }, queuedRun());
      ids.push(made.id);
    }
    const start = (command: string) => {
      const child = new Spoken(program, [command, folder]);
      children.push(child);
      return child;
    };
    const [first, second, third, canceller] = [start('work'), start('work'), start('work'), start('cancel')];
    for (const doomed of [first, second]) {
      await Promise.race([doomed.line(() => true).catch(() => undefined), doomed.ended]);
      doomed.signal('SIGKILL');
      await doomed.ended;
    }
    expect((await third.ended).code).toBe(0);
    expect((await canceller.ended).code).toBe(0);
    expect((await start('work').ended).code).toBe(0);
    // A killed worker leaves a run that it had begun.
    for (const { id } of await store.runs({ statuses: ['interrupted'] })) {
      const taken = await store.own(id);
      if (taken.status !== 'owned') throw new Error(taken.status);
      await taken.run.log.append([finished()]);
      await taken.run.release();
    }
    expect((await store.runs({})).map(({ id }) => id)).toEqual([...ids].reverse());
    expect(await store.runs({ statuses: ['succeeded', 'cancelled'] })).toHaveLength(ids.length);
    for (const id of ids) {
      const reader = await store.read(id);
      const types = (await collect(reader.follow(0, never, 'finished'))).map(({ type }) => type);
      await reader[Symbol.asyncDispose]();
      expect(types.filter((type) => type === 'run.queued')).toHaveLength(1);
      expect(types.filter((type) => type === 'run.finished')).toHaveLength(1);
    }
    const ended = children.flatMap(({ lines }) => lines);
    expect(new Set(ended).size).toBe(ended.length);
  });
});
